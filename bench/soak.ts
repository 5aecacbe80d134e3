import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchRow, row } from './row.ts';
import { createClient } from './soak/client.ts';
import { collectable, type Reading, readCollected } from './soak/readings.ts';
import { createRequests, readLibrary } from './soak/requests.ts';
import { playSession } from './soak/sessions.ts';
import { createSubscriptions } from './soak/subscriptions.ts';
import { readCpuTicks } from './start/memory.ts';
import { type Platform, PROCESSES, type ProcessName, startPlatform } from './start/platform.ts';

/** The load of both halves together. */
export const options = { requests: 200_000, sessions: 2_000 };

/** Requests on the way at once, and sessions played at once. */
const REQUESTS_AT_ONCE = 24;
const SESSIONS_AT_ONCE = 4;
/** Linux counts CPU time in hundredths of a second. */
const MS_PER_TICK = 10;
const ENVIRONMENT = {
  LOG_LEVEL: 'warn',
  // The load is one visitor from one address.
  GATEWAY_RATE_PER_SEC: '1000000',
  GATEWAY_RATE_BURST: '1000000',
  REGISTRY_RATE_PER_SEC: '1000000',
  REGISTRY_RATE_BURST: '1000000',
  MAX_CONCURRENT_STREAMS: '100',
};

type Readings = Record<ProcessName, Reading>;

/**
 * `npm start` under mixed load: what each process holds after the second half of it beside what it held after the
 * first, garbage collected before each reading. What grows with the load alone shows here.
 */
export default async function soak({ requests, sessions }: typeof options): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-soak-'));
  const platform = await startPlatform({ ...ENVIRONMENT, ...collectable(folder) });
  try {
    await platform.idle();
    const load = await createLoad(platform);
    const startedAt = performance.now();
    const ticksBefore = readCpuTicks(platform.pids.hub);
    await load.run({ from: 0, to: requests / 2 }, { from: 0, to: sessions / 2 });
    const first = await readAll(platform, folder);
    await load.run({ from: requests / 2, to: requests }, { from: sessions / 2, to: sessions });
    const seconds = (performance.now() - startedAt) / 1_000;
    const ticks = readCpuTicks(platform.pids.hub) - ticksBefore;
    const second = await readAll(platform, folder);
    await load.close();
    return [
      row('requests and sessions', 'per s', (requests + sessions) / seconds),
      row('CPU of the hub per request or session', 'ms', (ticks * MS_PER_TICK) / (requests + sessions)),
      ...(['heap', 'rss'] as const).flatMap((figure) =>
        PROCESSES.map((name) =>
          row(
            `${figure === 'rss' ? 'RSS' : 'heap'} of ${name} after ${requests} requests, ${sessions} sessions`,
            'MB',
            second[name][figure],
            { name: 'after the first half', value: first[name][figure] },
          ),
        ),
      ),
    ];
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readAll(platform: Platform, folder: string): Promise<Readings> {
  await platform.idle();
  const readings: Partial<Readings> = {};
  for (const name of PROCESSES) readings[name] = await readCollected(folder, platform.pids[name]);
  return readings as Readings;
}

interface Range {
  from: number;
  to: number;
}

async function createLoad({ ports }: Platform) {
  const client = createClient(ports.GATEWAY_PORT);
  const library = await readLibrary(client);
  const subscriptions = createSubscriptions(ports.GATEWAY_PORT);
  const request = createRequests(ports, library, client, subscriptions);
  return {
    /** Requests and sessions side by side. */
    async run(requests: Range, sessions: Range): Promise<void> {
      await Promise.all([
        forEach(requests, REQUESTS_AT_ONCE, request),
        forEach(sessions, SESSIONS_AT_ONCE, (n) => playSession(client, library.catalogIds, n)),
      ]);
    },
    async close() {
      await subscriptions.close();
      await client.close();
    },
  };
}

async function forEach(
  { from, to }: Range,
  atOnce: number,
  work: (n: number) => Promise<unknown>,
): Promise<void> {
  let next = from;
  const worker = async () => {
    while (next < to) {
      const n = next;
      next += 1;
      await work(n);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
