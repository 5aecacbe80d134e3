import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlaybackEvent } from '@giggityflix/bus';
import { redisConfig, redisVariables } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { realRedis } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ContenderLine, ContenderTask } from '../../testing/contender.ts';
import { createRedisSessionStore } from './store.redis.ts';

/** 100,000 for the full run. */
const ADMISSIONS = Number(process.env.CONTENTION_ADMISSIONS ?? 1_500);
const USERS = 10;
const LIMIT = 3;
const LEASE_MS = 500;
/** Redis counts whole milliseconds. */
const CLOCK_SLACK_MS = 2;

const redis = await realRedis();

describe.skipIf(redis.skip || !redis.server)('two processes that contend for slots, and are killed', () => {
  it(`never exceed the limit, lose no slot and end each session once, in ${ADMISSIONS} admissions`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'contention-'));
    try {
      const lines = await contend(folder);
      const sessions = definitelyLive(lines);
      expect(sessions.length).toBeGreaterThan(USERS * LIMIT);
      expect(lines.filter(({ what }) => what === 'refused').length).toBeGreaterThan(0);
      for (const [user, most] of mostAtOnce(sessions)) expect(most, user).toBeLessThanOrEqual(LIMIT);
      await slotsComeBack(new Set(sessions.map(({ id }) => id)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 300_000);
});

/** Runs two processes, kills each a few times on its way, and collects what they logged. */
async function contend(folder: string): Promise<ContenderLine[]> {
  const script = new URL('../../testing/contender.ts', import.meta.url).pathname;
  const logs: string[] = [];
  const run = async (name: string) => {
    const lives = 3;
    for (let life = 0; life < lives; life += 1) {
      const logPath = join(folder, `${name}-${life}.log`);
      logs.push(logPath);
      const task: ContenderTask = {
        redisPort: redis.port,
        users: USERS,
        limit: LIMIT,
        attempts: Math.ceil(ADMISSIONS / 2 / lives),
        leaseMs: LEASE_MS,
        logPath,
      };
      const child = spawn(process.execPath, [script, JSON.stringify(task)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      if (life < lives - 1) await killMidway(child, logPath, task.attempts);
      else if (child.exitCode === null) await once(child, 'exit');
    }
  };
  await Promise.all([run('a'), run('b')]);
  return logs.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      // The last line of a killed process may be cut.
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as ContenderLine),
  );
}

async function killMidway(child: ChildProcess, logPath: string, attempts: number): Promise<void> {
  const exited = once(child, 'exit');
  await Promise.race([
    exited,
    expect
      .poll(() => linesOf(logPath), { timeout: 120_000, interval: 5 })
      .toBeGreaterThan(attempts * (0.5 + Math.random() * 0.4)),
  ]);
  child.kill('SIGKILL');
  await exited;
}

function linesOf(path: string): number {
  try {
    return readFileSync(path, 'utf8').split('\n').length;
  } catch {
    return 0;
  }
}

interface LiveSpan {
  id: string;
  user: string;
  from: number;
  until: number;
}

/** When each session was live beyond doubt: from the answer on, until its end was asked for or its lease ran out. */
function definitelyLive(lines: readonly ContenderLine[]): LiveSpan[] {
  const spans = new Map<string, LiveSpan>();
  for (const line of lines)
    if (line.what === 'admitted')
      spans.set(line.session, {
        id: line.session,
        user: line.user,
        from: line.received,
        until: line.sent + LEASE_MS - CLOCK_SLACK_MS,
      });
  for (const line of lines) {
    if (line.what !== 'beat') continue;
    const span = spans.get(line.session);
    if (!span) continue;
    if (line.live) span.until = Math.max(span.until, line.sent + LEASE_MS - CLOCK_SLACK_MS);
    else expect(line.received, 'a lease was lost before it ran out').toBeGreaterThan(span.until);
  }
  for (const line of lines) {
    const span = line.what === 'end' ? spans.get(line.session) : undefined;
    if (span && line.what === 'end') span.until = Math.min(span.until, line.sent);
  }
  return [...spans.values()].filter((span) => span.until > span.from);
}

function mostAtOnce(spans: readonly LiveSpan[]): Map<string, number> {
  const changes = spans.flatMap(({ user, from, until }) => [
    { user, at: from, by: 1 },
    { user, at: until, by: -1 },
  ]);
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  const current = new Map<string, number>();
  const most = new Map<string, number>();
  for (const { user, by } of changes) {
    const count = (current.get(user) ?? 0) + by;
    current.set(user, count);
    most.set(user, Math.max(most.get(user) ?? 0, count));
  }
  return most;
}

/** Once the leases have run out every slot is free again, and every session has one start and one ending. */
async function slotsComeBack(known: ReadonlySet<string>): Promise<void> {
  const client = createRedis({ ...redisConfig(z.object(redisVariables).parse({})), port: redis.port });
  await client.connect();
  const store = createRedisSessionStore(client, { leaseMs: LEASE_MS, sessionTimeoutMs: 60_000 });
  const users = Array.from({ length: USERS }, (_, index) => `contended-${index}`);
  await expect
    .poll(
      async () => {
        await store.sweep();
        return (await Promise.all(users.map((user) => store.live(user)))).flat().length;
      },
      { timeout: LEASE_MS + 2_000, interval: 50 },
    )
    .toBe(0);
  const published = new Map<string, PlaybackEvent[]>();
  for (;;) {
    const claim = await store.outbox.claim({ limit: 1_000, everywhere: true });
    if (!claim) break;
    for (const { event } of claim.entries)
      published.set(event.session_id, [...(published.get(event.session_id) ?? []), event]);
    await claim.complete();
  }
  for (const id of known) {
    const events = published.get(id) ?? [];
    expect(events.filter(({ type }) => type === 'playback.started')).toHaveLength(1);
    expect(events.filter(({ reason }) => reason)).toHaveLength(1);
    expect(events.at(-1)?.reason).toBeTruthy();
  }
  client.disconnect();
}
