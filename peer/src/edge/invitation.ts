import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseInvitation } from '@giggityflix/proto/invitation';
import { writePrivateFile } from '@giggityflix/state';

const FILE = 'invitation';

/** Keeps an invitation until an edge has taken it, for its owner alone; `code` comes from `parseInvitation`. */
export function storeInvitation(dataDir: string, code: string): void {
  writePrivateFile(join(dataDir, FILE), `${code}\n`);
}

/** The invitation this peer joins with, if it has one. */
export interface PendingInvitation {
  /** Its code; read anew each time, as `join` may store one while the daemon runs. */
  code(): string | null;
  /** Forgets it: an edge has taken it, or admits the peer without. */
  taken(): void;
}

/** @param given The one of `PEER_INVITATION`, which a stored one comes before. */
export function createPendingInvitation(options: {
  dataDir: string;
  given: string | null;
}): PendingInvitation {
  const path = join(options.dataDir, FILE);
  let { given } = options;
  return {
    code() {
      try {
        return parseInvitation(readFileSync(path, 'utf8')) ?? given;
      } catch {
        return given;
      }
    },
    taken() {
      given = null;
      rmSync(path, { force: true });
    },
  };
}
