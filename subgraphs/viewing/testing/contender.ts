import { openSync, writeSync } from 'node:fs';
import { redisConfig, redisVariables } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { z } from 'zod';
import { newSessionId } from '../src/sessions/session-id.ts';
import { createRedisSessionStore } from '../src/sessions/store.redis.ts';

/** What one process of the contention test is to do. */
export interface ContenderTask {
  redisPort: number;
  users: number;
  limit: number;
  attempts: number;
  leaseMs: number;
  logPath: string;
}

/** One line of a contender's log. Times are of the machine's monotonic clock, in milliseconds. */
export type ContenderLine =
  | { what: 'admitted'; user: string; session: string; sent: number; received: number }
  | { what: 'refused' }
  | { what: 'beat'; session: string; sent: number; live: boolean; received: number }
  | { what: 'end'; session: string; sent: number };

/** Players of one process that run at once. */
const PLAYERS = 32;

const task = JSON.parse(process.argv[2]!) as ContenderTask;
const redis = createRedis({ ...redisConfig(z.object(redisVariables).parse({})), port: task.redisPort });
const store = createRedisSessionStore(redis, { leaseMs: task.leaseMs, sessionTimeoutMs: 60_000 });
const file = openSync(task.logPath, 'a');
// Written before the next step, so that a killed process has logged every step.
const log = (line: ContenderLine) => writeSync(file, `${JSON.stringify(line)}\n`);
const now = () => Number(process.hrtime.bigint()) / 1e6;
const chance = (share: number) => Math.random() < share;
let left = task.attempts;

async function play(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const user = `contended-${Math.floor(Math.random() * task.users)}`;
    const session = newSessionId(user);
    const sent = now();
    const { admitted } = await store.admit({
      sessionId: session,
      userId: user,
      profileId: 'p',
      catalogId: 'a'.repeat(64),
      deviceId: 'd',
      limit: task.limit,
    });
    if (!admitted) {
      log({ what: 'refused' });
      continue;
    }
    log({ what: 'admitted', user, session, sent, received: now() });
    while (chance(0.5)) await beat(session);
    // Of five players one sends nothing more.
    if (chance(0.8)) await end(session, user);
  }
}

async function beat(session: string): Promise<void> {
  const sent = now();
  const { outcome } = await store.act({ sessionId: session, userId: null, action: 'heartbeat', position: 1 });
  log({ what: 'beat', session, sent, live: outcome === 'done', received: now() });
}

async function end(session: string, user: string): Promise<void> {
  log({ what: 'end', session, sent: now() });
  const act = (action: 'stop' | 'terminate') => store.act({ sessionId: session, userId: user, action });
  if (chance(0.3)) await Promise.all([act('stop'), act('terminate'), act('stop')]);
  else await act(chance(0.5) ? 'stop' : 'terminate');
}

await redis.connect();
const sweeping = setInterval(() => void store.sweep().catch(() => {}), 100);
await Promise.all(Array.from({ length: PLAYERS }, play));
clearInterval(sweeping);
redis.disconnect();
