import { Worker } from 'node:worker_threads';
import type { DetectReply, DetectRequest } from './detect-worker.ts';

/** The thread ends after this without a text: the detector holds 60 MB, and most libraries never need it. */
const IDLE_MS = 5_000;
/** A text of 64 KiB takes some 30 ms; a thread that is not back by then is given up. */
const TIMEOUT_MS = 10_000;
const MAX_HEAP_MB = 192;
/** Requests that may wait; further ones are answered with null. */
const MAX_WAITING = 1_000;

interface Waiting {
  resolve(encoding: string | null): void;
  timeout: NodeJS.Timeout;
}

let worker: Worker | null = null;
let idle: NodeJS.Timeout | undefined;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/**
 * Which of some encodings a text most likely has, by the statistics of its language; null when that is not to be known.
 * Detection runs in a thread that is there only while it is needed.
 */
export function detectEncoding(bytes: Uint8Array, encodings: readonly string[]): Promise<string | null> {
  if (bytes.length === 0 || waiting.size >= MAX_WAITING) return Promise.resolve(null);
  clearTimeout(idle);
  worker ??= spawn();
  const current = worker;
  const id = ++lastId;
  return new Promise((resolve) => {
    const timeout = setTimeout(() => end(current), TIMEOUT_MS * (waiting.size + 1));
    waiting.set(id, { resolve, timeout });
    current.ref();
    current.postMessage({ id, bytes, encodings } satisfies DetectRequest);
  });
}

function spawn(): Worker {
  const fresh = new Worker(new URL('./detect-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    // What the detector writes to the console belongs into nobody's log.
    stdout: true,
    stderr: true,
  });
  for (const output of [fresh.stdout, fresh.stderr]) output.resume();
  fresh.on('message', ({ id, encoding }: DetectReply) => settle(id, encoding));
  fresh.on('error', () => end(fresh));
  fresh.on('exit', () => end(fresh));
  return fresh;
}

function settle(id: number, encoding: string | null): void {
  const request = waiting.get(id);
  if (!request) return;
  waiting.delete(id);
  clearTimeout(request.timeout);
  request.resolve(encoding);
  if (waiting.size > 0 || !worker) return;
  const current = worker;
  // An idle thread keeps no program running.
  current.unref();
  idle = setTimeout(() => end(current), IDLE_MS);
  idle.unref();
}

/** What a thread that is gone was asked stays unknown. */
function end(ended: Worker): void {
  if (worker !== ended) return;
  worker = null;
  for (const id of [...waiting.keys()]) settle(id, null);
  void ended.terminate();
}
