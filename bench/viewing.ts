import { findProgram, startRedis } from '@giggityflix/testing/processes';
import { Redis } from 'ioredis';
import type { BenchRow } from './row.ts';
import { measureServers } from './viewing/requests.ts';
import { measureMemory, measureScript } from './viewing/script.ts';

/** Sessions and heartbeats per second against a bare route around the same script; the script alone; memory. */
export default async function viewing(): Promise<BenchRow[]> {
  const program = findProgram('redis-server');
  if (!program) throw new Error('the viewing suite needs redis-server (npm run setup:system)');
  const redis = await startRedis(program);
  const client = new Redis(redis.port, redis.host);
  try {
    return [
      ...(await measureServers(redis.port)),
      ...(await measureScript(client, redis.port)),
      await measureMemory(client),
    ];
  } finally {
    client.disconnect();
    await redis.stop();
  }
}
