import type { SqliteDatabase } from '@giggityflix/state';

/** Files moved to the outbox in one step, and the pause before the next: what readers on one machine take in meanwhile. */
const STEP_SIZE = 50;
const STEP_INTERVAL_MS = 100;
/** Peers that share one step. */
const PEERS_PER_STEP = 64;

/** Files whose availability changed and is published when it is their peer's turn. Called only inside a transaction. */
export interface Unpublished {
  isEmpty(): boolean;
  /** How many peers readers know the file to have; undefined when nothing of it waits. */
  known(catalogId: string): number | undefined;
  /** Has the change of a file wait. `known` is the count before it. */
  put(catalogId: string, peerId: string, known: number): void;
  /** It is published otherwise, or what readers know is right again. */
  remove(catalogId: string): void;
}

export function createUnpublished(options: {
  database: SqliteDatabase;
  now: () => number;
  /** Called a while after a step that left something. */
  onDue: () => void;
}): Unpublished & {
  /** Whether the next step may be taken; `early` for a reader that wants everything. */
  due(early: boolean): boolean;
  /** Takes a step: appends at most `room` files to the outbox, of each peer about as many. */
  move(room: number, append: (catalogId: string) => void): void;
  size(): number;
} {
  const { database, now } = options;
  const any = database.prepare<[], number>('SELECT 1 FROM unpublished LIMIT 1').pluck();
  const find = database
    .prepare<[string], number>('SELECT known_count FROM unpublished WHERE catalog_id = ?')
    .pluck();
  const insert = database.prepare('INSERT INTO unpublished VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM unpublished WHERE catalog_id = ?');
  const total = database.prepare<[], number>('SELECT count(*) FROM unpublished').pluck();
  const nextPeer = database
    .prepare<[string], string>('SELECT peer_id FROM unpublished WHERE peer_id > ? ORDER BY peer_id LIMIT 1')
    .pluck();
  const filesOf = database
    .prepare<[string, number], string>('SELECT catalog_id FROM unpublished WHERE peer_id = ? LIMIT ?')
    .pluck();
  let lastPeer = '';
  let nextStepAt = 0;
  let timer: NodeJS.Timeout | undefined;

  /** The next peers in turn, each once. */
  const takeTurns = (): string[] => {
    const peers = new Set<string>();
    while (peers.size < PEERS_PER_STEP) {
      const peer = nextPeer.get(lastPeer) ?? nextPeer.get('');
      if (peer === undefined || peers.has(peer)) break;
      peers.add(peer);
      lastPeer = peer;
    }
    return [...peers];
  };

  const unpublished = {
    isEmpty: () => any.get() === undefined,
    known: (catalogId: string) => find.get(catalogId),
    put: (catalogId: string, peerId: string, known: number) => void insert.run(catalogId, peerId, known),
    remove: (catalogId: string) => void remove.run(catalogId),
    size: () => total.get() ?? 0,
    due: (early: boolean) => (early || now() >= nextStepAt) && !unpublished.isEmpty(),
    move(room: number, append: (catalogId: string) => void) {
      const peers = takeTurns();
      const share = Math.max(1, Math.floor(Math.min(room, STEP_SIZE) / Math.max(1, peers.length)));
      for (const peerId of peers)
        for (const catalogId of filesOf.all(peerId, share)) {
          remove.run(catalogId);
          append(catalogId);
        }
      nextStepAt = now() + STEP_INTERVAL_MS;
      if (unpublished.isEmpty()) return;
      clearTimeout(timer);
      timer = setTimeout(options.onDue, STEP_INTERVAL_MS).unref();
    },
  };
  return unpublished;
}
