import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { complianceTopic } from '../../compliance/topic.ts';
import { on } from '../bus.ts';
import { NO_BUS_METRICS } from '../metrics.ts';
import { createEmbeddedMember } from './member.ts';
import { createEmbeddedStore, type EmbeddedStore, partitionOf } from './store.ts';

const topic = complianceTopic('numbers');
const logger = createLogger({ service: 'test', level: 'silent' });

describe('a member whose file is busy', () => {
  let directory: string;
  let store: EmbeddedStore;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'giggityflix-member-'));
    store = createEmbeddedStore(join(directory, 'bus.sqlite'));
  });
  afterEach(async () => {
    vi.useRealTimers();
    store.close();
    await rm(directory, { recursive: true, force: true });
  });

  const append = (...numbers: number[]) =>
    store.append(
      numbers.map((n) => ({
        topic: topic.name,
        key: 'k',
        value: Buffer.from(JSON.stringify({ n })),
        headers: {},
      })),
    );
  const place = { topic: topic.name, partition: partitionOf('k') };
  const joined = (busy: Partial<EmbeddedStore>) => {
    const got: number[] = [];
    const member = createEmbeddedMember(
      { groupId: 'group', routes: [on(topic, ({ value }) => void got.push(value.n))] },
      { store: { ...store, ...busy }, send: async () => {}, logger, metrics: NO_BUS_METRICS },
    );
    return { got, member };
  };

  it('handles nothing once its lease has run out, and everything when it holds it again', async () => {
    vi.useFakeTimers();
    let busy = false;
    const { got, member } = joined({
      renew: (...given) => {
        if (busy) throw new Error('database is locked');
        return store.renew(...given);
      },
    });
    busy = true;
    // Its lease of two seconds runs out, and nobody else is there to take it over.
    await vi.advanceTimersByTimeAsync(2_050);
    append(1, 2);
    member.notice([place]);
    await vi.advanceTimersByTimeAsync(50);
    expect(got).toEqual([]);
    busy = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(got).toEqual([1, 2]);
    append(3);
    member.notice([place]);
    await vi.advanceTimersByTimeAsync(50);
    expect(got).toEqual([1, 2, 3]);
    await member.stop();
  });

  it('commits later what it could not commit at once', async () => {
    let failures = 0;
    const { got, member } = joined({
      commit: (...given) => {
        failures += 1;
        if (failures < 3) throw new Error('database is locked');
        return store.commit(...given);
      },
    });
    append(1);
    member.notice([place]);
    await expect.poll(() => failures).toBe(3);
    await member.stop();
    const again = joined({});
    append(2);
    again.member.notice([place]);
    await expect.poll(() => again.got).toEqual([2]);
    expect(got).toEqual([1]);
    await again.member.stop();
  });

  it('survives reads that fail', async () => {
    let failing = true;
    const { got, member } = joined({
      readPartition: (...given) => {
        if (failing) throw new Error('disk I/O error');
        return store.readPartition(...given);
      },
    });
    append(1);
    member.notice([place]);
    expect(got).toEqual([]);
    failing = false;
    await expect.poll(() => got).toEqual([1]);
    await member.stop();
  });
});
