import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { createKnownFiles } from './known-files.ts';
import { type WalkEvent, type WalkRules, walk } from './walk.ts';

export interface WalkWorkerData {
  databasePath: string;
  rules: WalkRules;
}

export interface WalkRequest {
  targets: { dir: string; root: string; recursive: boolean }[];
  /** One int32, grown by the receiver for each batch it has dealt with. */
  dealtWith: Int32Array;
}

export type WalkReply =
  | { kind: 'batch'; events: WalkEvent[] }
  | { kind: 'done' }
  | { kind: 'failed'; message: string };

/** Events in one message: enough to amortise its cost, little enough to stay responsive. */
const BATCH_EVENTS = 500;
/** Batches under way at once, which bounds the memory of a walk however large the library. */
const MAX_BATCHES_AHEAD = 4;

/** How long a read waits for the file to become readable, while the daemon's own connection recovers it. */
const BUSY_TIMEOUT_MS = 5_000;

const { databasePath, rules } = workerData as WalkWorkerData;
const known = createKnownFiles(new Database(databasePath, { readonly: true, timeout: BUSY_TIMEOUT_MS }));

parentPort!.on('message', (request: WalkRequest) => {
  try {
    run(request);
    parentPort!.postMessage({ kind: 'done' } satisfies WalkReply);
  } catch (error) {
    parentPort!.postMessage({ kind: 'failed', message: (error as Error).message } satisfies WalkReply);
  }
});

function run({ targets, dealtWith }: WalkRequest): void {
  let events: WalkEvent[] = [];
  let sent = 0;
  const send = () => {
    parentPort!.postMessage({ kind: 'batch', events } satisfies WalkReply);
    events = [];
    sent += 1;
    for (let done = Atomics.load(dealtWith, 0); sent - done > MAX_BATCHES_AHEAD; ) {
      Atomics.wait(dealtWith, 0, done);
      done = Atomics.load(dealtWith, 0);
    }
  };
  for (const { dir, root, recursive } of targets) {
    for (const event of walk(dir, root, rules, known, { recursive })) {
      events.push(event);
      if (events.length >= BATCH_EVENTS) send();
    }
  }
  if (events.length > 0) send();
}
