import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createBus, type IdentityAccessChanged, resolveTopics } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHistoryDatabase } from '../history/database.ts';
import { createWatchlistUpkeep } from './upkeep.ts';
import { createPrismaWatchlist } from './watchlist.prisma.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewing-upkeep-'));
const logger = createLogger({ service: 'test', level: 'silent' });
const topic = resolveTopics({}).identityAccessChanged;
const database = createHistoryDatabase({ url: `file:${join(folder, 'history.db')}`, logger });
const watchlist = createPrismaWatchlist(database);
let bus: Bus;
let upkeep: ReturnType<typeof createWatchlistUpkeep>;

beforeAll(async () => {
  const config = { kind: 'embedded' as const, path: join(folder, 'bus.sqlite') };
  bus = await createBus({ config, clientId: 'test', logger });
  await bus.start();
  await database.start();
  upkeep = createWatchlistUpkeep({ bus, topic, groupId: 'watchlists', watchlist, logger });
  await upkeep.start();
});
afterAll(async () => {
  await upkeep?.stop();
  await database.stop();
  await bus?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000);
const list = async (userId: string, profileId: string) =>
  (await watchlist.list({ userId, profileId }, { first: 10, after: null })).map(({ catalogId }) => catalogId);

async function changed(userId: string, second: number, changes: Partial<IdentityAccessChanged>) {
  const value: IdentityAccessChanged = {
    event_id: `${userId}-${second}`,
    account_id: userId,
    device_id: null,
    change: 'limits_changed',
    tokens_before: at(second).getTime(),
    limits: [],
    timestamp: at(second).toISOString(),
    ...changes,
  };
  await bus.publish({ topic, key: userId, value });
}

it('forgets what a profile kept that is gone, and nothing of others, also when it is told so again later', async () => {
  for (const profileId of ['gone', 'here', 'default'])
    await watchlist.add({ userId: 'ann', profileId }, 'a', at(0));
  await watchlist.add({ userId: 'ben', profileId: 'gone' }, 'a', at(0));
  await changed('ben', 60, { change: 'signed_out' });
  await changed('ben', 61, { device_id: 'tv' });
  await changed('ann', 60, { profile_ids: ['here'] });
  await expect.poll(() => list('ann', 'gone'), { timeout: 30_000 }).toEqual([]);

  await watchlist.add({ userId: 'ann', profileId: 'new' }, 'b', at(90));
  await watchlist.add({ userId: 'ann', profileId: 'old' }, 'b', at(0));
  await changed('ann', 60, { profile_ids: ['here'] });
  await expect.poll(() => list('ann', 'old'), { timeout: 30_000 }).toEqual([]);
  expect([await list('ann', 'here'), await list('ann', 'default'), await list('ann', 'new')]).toEqual([
    ['a'],
    ['a'],
    ['b'],
  ]);
  expect(await list('ben', 'gone')).toEqual(['a']);
});
