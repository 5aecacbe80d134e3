/**
 * Preloaded into each process of the platform (`--import`): answers on a Unix socket of its process id with the
 * heap in use after a garbage collection, in bytes.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.BENCH_READINGS;
if (folder && isMainThread)
  createServer(async (socket) => {
    socket.on('error', () => {});
    // What finalizers of the first collection let go of is found by the second.
    for (let round = 0; round < 2; round += 1) {
      globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      await sleep(50);
    }
    socket.end(String(process.memoryUsage().heapUsed));
  })
    .listen(join(folder, String(process.pid)))
    .unref();
