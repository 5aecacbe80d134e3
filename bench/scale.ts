/**
 * Peers in numbers, through the edges' real protocol, Kafka, the tracker and Redis: what one costs, what an event costs,
 * and how long it takes until the tracker is right again after an edge died with all its peers.
 *
 *   npm run bench -- scale
 *   npm run bench -- scale --peers=100000 --edges=10 --processes=10      a million (peer, file) pairs
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { testRedisConfig } from '@giggityflix/state/testing';
import { kafkaJars, startKafka, startRedis } from '@giggityflix/testing/processes';
import { Redis } from 'ioredis';
import { createRedisState } from '../subgraphs/tracker/src/state/state.redis.ts';
import { type BenchRow, row } from './row.ts';
import { type ScaleInstallation, startInstallation, startPeers, type Usage } from './scale/installation.ts';
import { addedFile, catalogId, filesOf, HOLDERS, type LoadRequest, staysAway } from './scale/messages.ts';

/** `files` of each peer; `processes` simulate the peers. The first of the `edges` dies. */
export const options = { peers: 2_000, files: 10, edges: 2, processes: 2 };

/** Between two looks at whether the tracker is right. */
const LOOK_MS = 100;
/** Files asked about at a time, and peers. */
const PAGE = 1_000;
/** It is wrong for good after so long. */
const PATIENCE_MS = 600_000;

export default async function bench({ peers, files, edges, processes }: typeof options): Promise<BenchRow[]> {
  if (!kafkaJars()) throw new Error('no Kafka: run npm run setup:system');
  if (edges < 2) throw new Error('--edges: at least 2, for one of them dies');
  // Each file has as many holders as any other.
  if ((peers * files) % HOLDERS !== 0 || peers % HOLDERS !== 0)
    throw new Error(`--peers: a multiple of ${HOLDERS}`);
  const stops: (() => unknown)[] = [];
  try {
    const kafka = await startKafka('java');
    stops.push(() => kafka.stop());
    const redis = await startRedis('redis-server');
    stops.push(() => redis.stop());
    const raw = new Redis({ host: redis.host, port: redis.port });
    stops.push(() => raw.disconnect());
    const state = createRedisState({ redis: testRedisConfig(redis), connectionTimeoutMs: 30_000 });
    await state.start();
    stops.push(() => state.stop());
    const installation = await startInstallation({ edges, bootstrapServers: kafka.bootstrapServers, redis });
    stops.push(() => installation.stop());

    const plan = { filesPerPeer: files, files: (peers * files) / HOLDERS };
    const loads = await Promise.all(
      Array.from({ length: processes }, (_, index) => {
        const from = Math.floor((peers * index) / processes);
        const count = Math.floor((peers * (index + 1)) / processes) - from;
        return startPeers({ ...plan, ports: installation.edges.map(({ port }) => port), from, count });
      }),
    );
    for (const load of loads) stops.push(() => load.stop());
    const ask = async (request: LoadRequest) =>
      (await Promise.all(loads.map((load) => load.ask(request)))).flat();
    /** Milliseconds until the tracker counts the peers of every file as they are, those without `gone`. */
    const untilRight = async (since: number, expected: readonly number[]) => {
      for (let page = 0; page < expected.length; ) {
        const ids = Array.from({ length: Math.min(PAGE, expected.length - page) }, (_, n) =>
          catalogId(page + n).toString('hex'),
        );
        const counts = await state.registry.countPeers(ids);
        if (counts.every((count, n) => count === expected[page + n])) page += ids.length;
        else if (performance.now() - since > PATIENCE_MS)
          throw new Error(`the tracker is wrong about ${ids[0]}…`);
        else await sleep(LOOK_MS);
      }
      return performance.now() - since;
    };
    const measure = async () => usages(installation, raw);

    const empty = await measure();
    let since = performance.now();
    await ask('connect');
    const connectedMs = await untilRight(
      since,
      countsOf(peers, plan, () => true, false),
    );
    const held = await measure();
    since = performance.now();
    await ask('announce');
    const announcedMs = await untilRight(
      since,
      countsOf(peers, plan, () => true, true),
    );
    const announced = await measure();

    const [dying] = installation.edges;
    since = performance.now();
    dying?.running.process.kill('SIGKILL');
    await untilLost(dying?.running.process);
    const moved = await ask('reconnect');
    const isThere = (peer: number) => peer % edges !== 0 || !staysAway(peer, edges);
    const elsewhere = await untilElsewhere(since, moved, dying?.id);
    const rightMs = await untilRight(since, countsOf(peers, plan, isThere, true));

    async function untilElsewhere(from: number, ids: readonly string[], dead: string | undefined) {
      for (let page = 0; page < ids.length; ) {
        const found = await Promise.all(ids.slice(page, page + PAGE).map((id) => state.registry.peer(id)));
        if (found.every((peer) => peer?.state === 'CONNECTED' && peer.edgeId !== dead)) page += PAGE;
        else if (performance.now() - from > PATIENCE_MS)
          throw new Error('peers are not found at their new edge');
        else await sleep(LOOK_MS);
      }
      return performance.now() - from;
    }
    const per = (part: keyof Usages, what: keyof Usage, [from, to]: [Usages, Usages], count: number) =>
      (to[part][what] - from[part][what]) / count;
    const rows: BenchRow[] = [];
    for (const part of ['edges', 'tracker', 'redis'] as const) {
      rows.push(
        row(
          `${part}: memory a peer with ${files} files`,
          'bytes',
          per(part, 'rssBytes', [empty, held], peers),
        ),
      );
      rows.push(
        row(
          `${part}: CPU a peer that connects and announces`,
          'µs',
          1_000 * per(part, 'cpuMs', [empty, held], peers),
        ),
      );
      rows.push(
        row(
          `${part}: CPU an event that adds a file`,
          'µs',
          1_000 * per(part, 'cpuMs', [held, announced], peers),
        ),
      );
    }
    return [
      ...rows,
      row(`${peers} peers connect and announce, until the tracker is right`, 's', connectedMs / 1_000),
      row(`${peers} peers add a file, until the tracker is right`, 's', announcedMs / 1_000),
      row(
        `an edge with ${Math.ceil(peers / edges)} peers dies, until those that came back are found`,
        's',
        elsewhere / 1_000,
      ),
      row('… until those that did not are counted no more', 's', rightMs / 1_000),
    ];
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** How many peers share each file, of those that are there; with the file that each added, or without. */
function countsOf(
  peers: number,
  plan: { filesPerPeer: number; files: number },
  isThere: (peer: number) => boolean,
  added: boolean,
): number[] {
  const counts = new Array<number>(plan.files + (added ? peers / HOLDERS : 0)).fill(0);
  for (let peer = 0; peer < peers; peer += 1) {
    if (!isThere(peer)) continue;
    for (const file of [...filesOf(peer, plan), ...(added ? [addedFile(peer, plan)] : [])])
      counts[file] = (counts[file] ?? 0) + 1;
  }
  return counts;
}

type Usages = Record<'edges' | 'tracker' | 'redis', Usage>;

async function usages({ edges, tracker }: ScaleInstallation, redis: Redis): Promise<Usages> {
  const sum = (all: Usage[]): Usage => ({
    cpuMs: all.reduce((total, { cpuMs }) => total + cpuMs, 0),
    rssBytes: all.reduce((total, { rssBytes }) => total + rssBytes, 0),
  });
  const info = await redis.info();
  const figure = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return {
    edges: sum(edges.map(({ running }) => running.usage())),
    tracker: tracker.usage(),
    redis: {
      cpuMs: 1_000 * (figure('used_cpu_user') + figure('used_cpu_sys')),
      rssBytes: figure('used_memory'),
    },
  };
}

async function untilLost(
  child: { exitCode: number | null; signalCode: string | null } | undefined,
): Promise<void> {
  while (child && child.exitCode === null && child.signalCode === null) await sleep(LOOK_MS);
}
