import { testRedisConfig } from '@giggityflix/state/testing';
import { startRedis } from '@giggityflix/testing/processes';
import { Redis } from 'ioredis';
import { createRedisState } from '../../subgraphs/tracker/src/state/state.redis.ts';
import { type BenchRow, row } from '../row.ts';
import { announceAll, catalogOf, peerName, TITLES_PER_PEER, timeReads } from './workload.ts';

/** A million (peer, title) pairs. */
const PEERS = 200;
const PAIRS = PEERS * TITLES_PER_PEER;
/** Writes sent before their answers are awaited. */
const PIPELINE = 1_000;

export async function benchRedis(): Promise<BenchRow[]> {
  const server = await startRedis('redis-server');
  const raw = new Redis({ host: server.host, port: server.port });
  const redis = testRedisConfig({ host: server.host, port: server.port });
  const state = createRedisState({ redis, connectionTimeoutMs: 120_000 });
  await state.start();
  try {
    const used = async () => Number(/used_memory:(\d+)/.exec(await raw.info('memory'))?.[1]);
    const empty = await used();

    const oneWay = await writeSets(raw, (peer, title) => [`peers:${title}`, peer]);
    await writeSets(raw, (peer, title) => [`titles:${peer}`, title]);
    const plainBytes = (await used()) - empty;
    await raw.flushall();

    const applied = await announceAll(state, PEERS);
    const bytes = (await used()) - empty;
    // Read beside each other, in a process and a server that are in the same state.
    await writeSets(raw, (peer, title) => [`peers:${title}`, peer]);
    const [reads, rawReads] = await timeReads(state.registry.countPeers, (ids) => {
      const pipeline = raw.pipeline();
      for (const id of ids) pipeline.scard(`peers:${id}`);
      return pipeline.exec();
    });
    return [
      row('Redis: catalog ids applied', 'ids/s', applied, {
        name: 'one pipelined SADD each',
        value: oneWay,
      }),
      row('Redis: availability of 20 ids, p50', 'ms', reads!.p50, {
        name: 'one pipelined read',
        value: rawReads!.p50,
      }),
      row('Redis: availability of 20 ids, p99', 'ms', reads!.p99, {
        name: 'one pipelined read',
        value: rawReads!.p99,
      }),
      row('Redis: memory per (peer, title) pair, 1 million', 'bytes', bytes / PAIRS, {
        name: 'plain sets, both ways',
        value: plainBytes / PAIRS,
      }),
    ];
  } finally {
    await state.stop();
    raw.disconnect();
    await server.stop();
  }
}

/** Writes every pair with plain SADDs; returns writes per second. */
async function writeSets(
  raw: Redis,
  entry: (peer: string, title: string) => [key: string, member: string],
): Promise<number> {
  let elapsed = 0;
  for (let peer = 0; peer < PEERS; peer += 1) {
    const catalog = catalogOf(peer);
    const name = peerName(peer);
    const startedAt = performance.now();
    for (let at = 0; at < catalog.length; at += PIPELINE) {
      const pipeline = raw.pipeline();
      for (const title of catalog.slice(at, at + PIPELINE)) pipeline.sadd(...entry(name, title));
      await pipeline.exec();
    }
    elapsed += performance.now() - startedAt;
  }
  return (PAIRS / elapsed) * 1_000;
}
