/** The servers the viewing suite measures: the service itself, and a bare Fastify route around one script. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@giggityflix/bus';
import { createLogger, READY } from '@giggityflix/kernel';
import { createRedis } from '@giggityflix/state/redis';
import Fastify from 'fastify';
import { createMemoryHistory } from '../../subgraphs/viewing/src/history/history.memory.ts';
import { createViewing, readEnvironment } from '../../subgraphs/viewing/src/index.ts';
import { shardPrefix } from '../../subgraphs/viewing/src/redis/keys.ts';
import { newSessionId, shardOfSession } from '../../subgraphs/viewing/src/sessions/session-id.ts';
import { ACT, ADMIT } from '../../subgraphs/viewing/src/sessions/store.redis.scripts.ts';
import { ENDED_RETENTION_MS } from '../../subgraphs/viewing/src/sessions/store.ts';

const [kind, redisPort] = process.argv.slice(2) as ['service' | 'bare', string];
const folder = mkdtempSync(join(tmpdir(), 'bench-viewing-'));
const config = readEnvironment({
  HOST: '127.0.0.1',
  SERVER_PORT: '0',
  AUTH_MODE: 'demo',
  UNKNOWN_ACCOUNTS: 'entitle',
  STATE: 'redis',
  REDIS_ADDR: `127.0.0.1:${redisPort}`,
  STATE_PATH: join(folder, 'viewing.db'),
  RATE_LIMIT_USER: '0',
  RATE_LIMIT_ADDRESS: '0',
  MAX_CONCURRENT_STREAMS: '1000',
  SESSION_TIMEOUT: '24h',
});
const url = kind === 'service' ? await startService() : await startBare();
process.send?.(url);
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});

/** The whole service, but for what is beyond it: films are always available, and the bus takes events at once. */
async function startService(): Promise<string> {
  const consumer = { stop: async () => {}, caughtUpAt: Date.now };
  const bus: Bus = {
    start: async () => {},
    stop: async () => {},
    check: async () => {},
    ready: async () => READY,
    publish: async () => {},
    consume: async () => consumer,
    broadcast: async () => consumer,
  };
  const viewing = createViewing(config, {
    logger: createLogger({ service: 'viewing', level: 'silent' }),
    bus,
    history: createMemoryHistory(),
    availability: {
      check: async () => 'available',
      choosePeer: async () => null,
      durationOf: async () => null,
      close: async () => {},
    },
  });
  await viewing.start();
  return viewing.address().url;
}

/** What the service cannot do without: parse JSON, run the same script on the same Redis, answer JSON. */
async function startBare(): Promise<string> {
  if (config.state.kind !== 'redis') throw new Error('the baseline needs Redis');
  // A database of its own: the service would publish the events of both.
  const redis = createRedis({ ...config.state.redis, db: 1 });
  await redis.connect();
  const [admit, act] = (await Promise.all([redis.script('LOAD', ADMIT), redis.script('LOAD', ACT)])) as [
    string,
    string,
  ];
  const app = Fastify();
  const run = (digest: string, prefix: string, ...args: (string | number)[]) =>
    redis.evalsha(
      digest,
      2,
      `${prefix}leases`,
      `${prefix}outbox`,
      ...[prefix, 90_000, 86_400_000, ENDED_RETENTION_MS, 10_000],
      ...args,
    );
  app.post('/api/playback/session', async (request) => {
    const body = request.body as Record<string, string>;
    const id = newSessionId(body.user_id!);
    const prefix = shardPrefix(shardOfSession(id)!);
    return run(admit, prefix, 1_000, id, body.user_id!, body.profile_id!, body.content_id!, body.device_id!);
  });
  app.post('/api/playback/session/:id/heartbeat', async (request) => {
    const { id } = request.params as { id: string };
    const { position } = request.body as { position: number };
    return run(act, shardPrefix(shardOfSession(id)!), id, '', 'heartbeat', position);
  });
  return app.listen({ host: '127.0.0.1', port: 0 });
}
