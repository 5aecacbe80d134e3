import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type FileHashes, followFile, HashingError, hashFile } from './hash-file.ts';
import { createRateLimit } from './rate-limit.ts';
import { openRing, type RingMemory } from './ring.ts';

export interface HashRequest {
  id: number;
  path: string;
  algorithms: string[];
  roots?: string[];
  /** Given when two threads share the work on a file. */
  ring?: RingMemory;
  /** Whether this thread follows the one that reads. */
  follows?: boolean;
}

export type HashReply =
  | { id: number; ok: true; result: FileHashes }
  | { id: number; ok: true; hashes: Record<string, string> }
  | { id: number; ok: false; code: string; message: string };

export interface HashWorkerData {
  /** Bytes read so far, over all workers. */
  bytesRead: BigInt64Array;
  /** Not 0 once the pool stops. */
  stopping: Int32Array;
  /** Bytes a second all workers together may read; 0 for no limit. */
  maxBytesPerSecond: number;
  /** Until when, on the system's monotonic clock in nanoseconds, what was read has used up the limit. */
  paidUntil: BigInt64Array;
}

const { bytesRead, stopping, maxBytesPerSecond, paidUntil } = workerData as HashWorkerData;
const pay = createRateLimit({ maxBytesPerSecond, paidUntil });

yieldToOtherPrograms();

parentPort!.on('message', (request: HashRequest) => {
  const onBytes = (bytes: number): boolean => {
    Atomics.add(bytesRead, 0, BigInt(bytes));
    if (maxBytesPerSecond > 0) Atomics.wait(stopping, 0, 0, pay(bytes));
    return Atomics.load(stopping, 0) === 0;
  };
  parentPort!.postMessage(work(request, onBytes));
});

function work(request: HashRequest, onBytes: (bytes: number) => boolean): HashReply {
  try {
    const ring = request.ring && openRing(request.ring);
    if (ring && request.follows)
      return { id: request.id, ok: true, hashes: followFile(ring, request.algorithms) };
    return { id: request.id, ok: true, result: hashFile({ ...request, ring, onBytes }) };
  } catch (error) {
    const code = error instanceof HashingError ? error.code : 'unreadable';
    return { id: request.id, ok: false, code, message: (error as Error).message };
  }
}

/** On Linux a thread has a priority of its own, set through its thread id. Elsewhere threads keep that of the process. */
function yieldToOtherPrograms(): void {
  try {
    const threadId = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(threadId, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // No procfs, or not allowed: hashing then competes as an equal.
  }
}
