import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { busCompliance } from '../compliance/bus.compliance.ts';
import { complianceTopic } from '../compliance/topic.ts';
import { createEmbeddedBus, type EmbeddedBusConfig } from './bus.embedded.ts';
import { type Bus, on } from './bus.ts';
import { createEmbeddedStore, PARTITIONS } from './embedded/store.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

busCompliance(
  'the embedded bus',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'giggityflix-bus-'));
    const path = join(directory, 'bus.sqlite');
    return {
      config: { kind: 'embedded', path },
      async appendRaw(topic, key, value) {
        const store = createEmbeddedStore(path);
        store.append([{ topic, key, value, headers: {} }]);
        store.close();
      },
      close: () => rm(directory, { recursive: true, force: true }),
    };
  },
  { takeoverMs: 3_500 },
);

describe('the file of the embedded bus', () => {
  let directory: string;
  let path: string;
  const buses: Bus[] = [];
  const open = async (config: Partial<EmbeddedBusConfig> = {}) => {
    const bus = createEmbeddedBus({ path, ...config }, { clientId: 'test', logger });
    await bus.start();
    buses.push(bus);
    return bus;
  };
  const topic = complianceTopic('numbers');

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'giggityflix-bus-'));
    path = join(directory, 'bus.sqlite');
  });
  afterEach(async () => {
    for (const bus of buses.splice(0)) await bus.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('loses what every group has consumed, and keeps what one has not', async () => {
    const bus = await open({ consumedRetentionMs: -1_000, sweepIntervalMs: 20 });
    const got: number[] = [];
    const quick = await bus.consume({ groupId: 'quick', routes: [on(topic, () => {})] });
    const slow = await bus.consume({
      groupId: 'slow',
      routes: [
        on(topic, async ({ value }) => {
          got.push(value.n);
          if (value.n === 2) await new Promise(() => {});
        }),
      ],
    });
    expect([quick, slow]).toHaveLength(2);
    await bus.publish([1, 2, 3].map((n) => ({ topic, key: 'k', value: { n } })));
    const store = createEmbeddedStore(path);
    await vi.waitFor(
      () => {
        const left = store.readTopics(['numbers'], 0, 100).map(({ value }) => JSON.parse(String(value)).n);
        expect(left).toEqual([2, 3]);
      },
      { timeout: 10_000 },
    );
    store.close();
    // The handler that never ends would hold the bus open.
    buses.splice(0);
  });

  const memberOf = (groupId: string, memberId: string) => ({ groupId, memberId, topics: ['numbers'] });

  it('forgets records and groups that nobody came for, a batch at a time', () => {
    const store = createEmbeddedStore(path);
    store.join('gone', ['numbers'], 'earliest');
    store.append(
      Array.from({ length: 30 }, () => ({ topic: 'numbers', key: 'k', value: null, headers: {} })),
    );
    const later = Date.now() + 1_000;
    expect(store.sweep(later, 0, 20)).toBe(20);
    expect(store.sweep(later, 0, 20)).toBe(10);
    expect(store.sweep(later, 0, 20)).toBe(0);
    store.join('gone', ['numbers'], 'latest');
    store.renew(memberOf('gone', 'one'), 1_000);
    store.claim(memberOf('gone', 'one'));
    expect(store.holdings(memberOf('gone', 'one')).held[0]?.committed).toBe(30);
    store.close();
  });

  it('keeps a quiet group whose member is alive, and takes a member back that was considered lost', () => {
    const store = createEmbeddedStore(path);
    const member = memberOf('quiet', 'one');
    store.join('quiet', ['numbers'], 'latest');
    store.renew(member, 60_000);
    store.claim(member);
    const later = Date.now() + 1_000;
    store.sweep(later, later, 10);
    expect(store.holdings(member).held).toHaveLength(PARTITIONS);
    store.sweep(later, later + 120_000, 10);
    store.join('quiet', ['numbers'], 'latest');
    store.renew(member, 60_000);
    store.claim(member);
    expect(store.holdings(member).held).toHaveLength(PARTITIONS);
    store.close();
  });

  it('numbers records on after all of them were deleted', () => {
    const store = createEmbeddedStore(path);
    const record = { topic: 'numbers', key: 'k', value: null, headers: {} };
    store.append([record, record]);
    store.sweep(Date.now() + 1_000, 0, 10);
    store.append([record]);
    expect(store.lastId()).toBe(3);
    store.close();
  });

  it('shares the partitions fairly while members join and leave', () => {
    const store = createEmbeddedStore(path);
    store.join('group', ['numbers'], 'latest');
    const settle = (members: string[]) => {
      const counts = new Map<string, number>();
      for (let round = 0; round < 4; round += 1)
        for (const name of members) {
          const member = memberOf('group', name);
          store.renew(member, 60_000);
          store.claim(member);
          const { held, excess } = store.holdings(member);
          for (const lease of held.slice(0, excess.get('numbers') ?? 0)) store.release(member, lease);
          counts.set(name, held.length);
        }
      return [...counts.values()].sort((a, b) => a - b);
    };
    expect(settle(['a'])).toEqual([PARTITIONS]);
    expect(settle(['a', 'b', 'c'])).toEqual([5, 5, 6]);
    store.leave(memberOf('group', 'b'));
    expect(settle(['a', 'c'])).toEqual([8, 8]);
    store.close();
  });

  it('does not let a member commit what another has taken over', () => {
    const store = createEmbeddedStore(path);
    const [stalled, other, third] = ['stalled', 'other', 'third'].map((name) => memberOf('group', name));
    store.join('group', ['numbers'], 'latest');
    store.renew(stalled!, 60_000);
    store.claim(stalled!);
    const [lease] = store.holdings(stalled!).held;
    // Its lease ran out long ago, and it does not know.
    store.renew(stalled!, -60_000);
    for (const member of [other!, third!]) {
      store.renew(member, 60_000);
      store.claim(member);
    }
    expect(store.holdings(stalled!).held).toHaveLength(0);
    store.commit(stalled!, [{ ...lease!, committed: 99 }]);
    const committed = [other!, third!].flatMap((member) =>
      store.holdings(member).held.map((l) => l.committed),
    );
    expect(committed).toContain(0);
    expect(committed).not.toContain(99);
    store.close();
  });

  it('keeps each key in order through failures and a handover, whatever their pattern', async () => {
    const records = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), failures: fc.nat(2) }), {
      minLength: 1,
      maxLength: 30,
    });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(records, fc.nat(30), async (plan, handoverAfter) => {
        const path = join(directory, `run-${runs++}.sqlite`);
        const [one, two] = [await open({ path }), await open({ path })];
        const done: number[] = [];
        const failed = plan.map(() => 0);
        const consume = (bus: Bus) =>
          bus.consume({
            groupId: 'group',
            retry: { maxRetries: 2, initialDelayMs: 1, maxDelayMs: 2, jitterFactor: 1 },
            routes: [
              on(topic, async ({ value: { n } }) => {
                await Promise.resolve();
                if (failed[n]! < plan[n]!.failures) {
                  failed[n]! += 1;
                  throw new Error('not yet');
                }
                done.push(n);
              }),
            ],
          });
        const first = await consume(one);
        const published = Promise.all(plan.map(({ key }, n) => one.publish({ topic, key, value: { n } })));
        await expect
          .poll(() => done.length, { interval: 1 })
          .toBeGreaterThanOrEqual(Math.min(handoverAfter, plan.length));
        await first.stop();
        await published;
        await consume(two);
        await expect.poll(() => done, { interval: 1 }).toHaveLength(plan.length);
        for (const key of ['a', 'b', 'c']) {
          const ofKey = done.filter((n) => plan[n]?.key === key);
          expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
        }
        await one.stop();
        await two.stop();
      }),
      { numRuns: 25 },
    );
  });

  it('is read after a while even when no file event comes', async () => {
    const bus = await open();
    const got: number[] = [];
    await bus.consume({ groupId: 'group', routes: [on(topic, ({ value }) => void got.push(value.n))] });
    const store = createEmbeddedStore(path);
    store.append([{ topic: 'numbers', key: 'k', value: Buffer.from('{"n":1}'), headers: {} }]);
    store.close();
    await expect.poll(() => got).toEqual([1]);
  });

  it('cannot be published to before the start', async () => {
    const bus = createEmbeddedBus({ path }, { clientId: 'test', logger });
    await expect(bus.publish({ topic, key: 'k', value: { n: 1 } })).rejects.toThrow('the bus is not started');
    await expect(bus.check()).rejects.toThrow('the bus is not started');
  });
});
