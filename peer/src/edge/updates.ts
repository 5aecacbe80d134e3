import { randomUUID } from 'node:crypto';
import type { EdgeConnection } from './connection.ts';
import type { OutboxEntry } from './outbox.ts';

/** Most ids of one announcement: what one event on the bus carries. */
const MAX_IDS = 10_000;
/** Bytes of an id in a message, with its tag and length, and of all else in an announcement. */
const ID_BYTES = 34;
const UPDATE_OVERHEAD_BYTES = 256;
/** What an edge takes that does not say. */
const DEFAULT_MESSAGE_BYTES = 4_194_304;

/** A message about what is shared, and the bytes it takes of what may be on its way. */
export interface Update {
  message: OutboxEntry['message'];
  bytes: number;
}

/** How many ids the edge takes in one message. */
export function idsPerMessage({ maxMessageBytes }: EdgeConnection['registration']): number {
  const limit = maxMessageBytes || DEFAULT_MESSAGE_BYTES;
  return Math.max(1, Math.min(MAX_IDS, Math.floor((limit - UPDATE_OVERHEAD_BYTES) / ID_BYTES)));
}

/** Everything that is shared, in parts of so many ids; one empty part where nothing is. */
export function announcementOf(ids: readonly Buffer[], idsPerPart: number): Update[] {
  const updateId = randomUUID();
  const parts: Update[] = [];
  for (let at = 0; at === 0 || at < ids.length; at += idsPerPart) {
    const catalogIds = ids.slice(at, at + idsPerPart);
    const final = at + idsPerPart >= ids.length;
    parts.push({
      message: {
        $case: 'catalogUpdate',
        value: { full: true, catalogIds, removedCatalogIds: [], updateId, final },
      },
      bytes: idsPerPart * ID_BYTES,
    });
  }
  return parts;
}

/** What has changed since; ids in hex. */
export function updateOf(changed: {
  added: readonly string[];
  removed: readonly string[];
  superseded: readonly string[];
}): Update {
  const { added, removed, superseded } = changed;
  const bytesOf = (ids: readonly string[]) => ids.map((id) => Buffer.from(id, 'hex'));
  return {
    message: {
      $case: 'catalogUpdate',
      value: {
        full: false,
        catalogIds: bytesOf(added),
        removedCatalogIds: bytesOf(removed),
        superseded: superseded.length > 0 ? { catalogIds: bytesOf(superseded) } : undefined,
        updateId: randomUUID(),
        final: true,
      },
    },
    bytes: (added.length + removed.length + superseded.length) * ID_BYTES,
  };
}
