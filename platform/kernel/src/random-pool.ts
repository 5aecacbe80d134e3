import { randomFillSync } from 'node:crypto';

/** One call for random bytes costs more than the rest of a record's handling, so they are drawn in bulk. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Random bytes to be used at once: the memory is drawn anew later. For ids, not for secrets. At most 4,096. */
export function pooledRandom(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.subarray(used - bytes, used);
}
