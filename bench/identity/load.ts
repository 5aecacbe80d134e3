/** Signs people in and refreshes their tokens at steady rates, in a process of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { refresh, signIn, type Tokens } from './person.ts';

const [port = '', people = '0', signInsPerMinute = '0', refreshesPerMinute = '0'] = process.argv.slice(2);
const pool = new Pool(`http://localhost:${port}`, { connections: 32 });
const addressOf = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

const devices: Tokens[] = [];
const all = Array.from({ length: Number(people) }, (_, n) => n);
for (let from = 0; from < all.length; from += 8)
  devices.push(
    ...(await Promise.all(all.slice(from, from + 8).map((n) => signIn(pool, `person ${n}`, addressOf(n))))),
  );

const counts = { signIns: 0, refreshes: 0, failed: 0, longestMs: 0 };
const resting = [...devices.keys()];
let isRunning = false;

/** Starts what is due by the clock; what is late is made up for, as long as not too much is under way. */
async function steadily(perMinute: number, one: (n: number) => Promise<void>, mostAtOnce: number) {
  let [started, underWay] = [0, 0];
  const from = performance.now();
  while (isRunning) {
    const due = ((performance.now() - from) * perMinute) / 60_000;
    while (started < due && underWay < mostAtOnce) {
      underWay += 1;
      const at = performance.now();
      void one(started++)
        .catch((error: Error) => {
          if (counts.failed === 0) process.stderr.write(`${error.message}\n`);
          counts.failed += 1;
        })
        .finally(() => {
          underWay -= 1;
          counts.longestMs = Math.max(counts.longestMs, performance.now() - at);
        });
    }
    await sleep(5);
  }
  // What did not come to its turn was not done.
  while (underWay > 0) await sleep(5);
}

let loops: Promise<unknown> = Promise.resolve();
process.on('message', (message) => {
  if (message === 'start') {
    isRunning = true;
    Object.assign(counts, { signIns: 0, refreshes: 0, failed: 0, longestMs: 0 });
    loops = Promise.all([
      steadily(
        Number(signInsPerMinute),
        async (n) => {
          await signIn(pool, `person ${n % devices.length}`, addressOf(1_000_000 + n));
          counts.signIns += 1;
        },
        32,
      ),
      steadily(
        Number(refreshesPerMinute),
        async () => {
          // A device has one refresh under way: a token that came twice would count as copied.
          const device = resting.shift()!;
          devices[device] = await refresh(pool, devices[device]!, addressOf(device));
          resting.push(device);
          counts.refreshes += 1;
        },
        devices.length,
      ),
    ]);
  }
  if (message === 'stop') {
    isRunning = false;
    void loops.then(() => process.send?.({ type: 'done', ...counts }));
  }
});
process.on('disconnect', () => process.exit());
process.send?.({ type: 'listening', port: Number(port), token: devices[0]!.access_token });
