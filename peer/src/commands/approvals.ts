import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommandType } from '@giggityflix/proto';
import { writePrivateFile } from '@giggityflix/state';
import { z } from 'zod';

const FILE = 'deletions.json';
/** Requests that wait at once; further ones are refused. */
export const MAX_WAITING_DELETIONS = 100;

const schema = z.array(
  z.object({ requestId: z.string(), catalogId: z.string().regex(/^[0-9a-f]{64}$/), requestedAt: z.string() }),
);

/** A command to delete a film that waits for the owner's word. */
export type DeletionRequest = z.output<typeof schema>[number];

/** The requests in the data directory: they outlive the daemon. */
export function createApprovals({ dataDir }: { dataDir: string }) {
  const path = join(dataDir, FILE);
  let waiting = read(path);

  function keep(next: DeletionRequest[]): void {
    writePrivateFile(path, `${JSON.stringify(next, null, 2)}\n`);
    waiting = next;
  }

  return {
    list: (): readonly DeletionRequest[] => waiting,
    has: (requestId: string) => waiting.some((request) => request.requestId === requestId),
    /** False when too many wait. */
    add({ requestId, catalogId }: Command): boolean {
      if (waiting.length >= MAX_WAITING_DELETIONS) return false;
      const requestedAt = new Date().toISOString();
      keep([...waiting, { requestId, catalogId: catalogId.toString('hex'), requestedAt }]);
      return true;
    },
    /** Takes a request off the list; null where it is not on it. */
    take(requestId: string): Command | null {
      const found = waiting.find((request) => request.requestId === requestId);
      if (!found) return null;
      keep(waiting.filter((request) => request !== found));
      return {
        requestId,
        type: CommandType.COMMAND_TYPE_FILE_DELETE,
        catalogId: Buffer.from(found.catalogId, 'hex'),
        expiresAt: undefined,
        parameters: undefined,
      };
    },
  };
}

export type Approvals = ReturnType<typeof createApprovals>;

function read(path: string): DeletionRequest[] {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return [];
  }
}
