import { describe, expect, it } from 'vitest';
import { on } from '../src/bus.ts';
import type { ComplianceSuite } from './suite.ts';

/** The order of a key, and what goes on beside it. */
export function order(suite: ComplianceSuite): void {
  const { fresh, publish, collect } = suite;

  describe('order', () => {
    it('hands the records of a key over in order, one at a time', async () => {
      const { topic, groupId } = fresh();
      const running = new Set<string>();
      let overlaps = 0;
      const { got } = await collect(topic, { groupId }, async ({ key, value }) => {
        if (running.has(key)) overlaps += 1;
        running.add(key);
        for (let turns = (value.n * 7) % 5; turns >= 0; turns -= 1) await new Promise(setImmediate);
        running.delete(key);
      });
      const keys = ['a', 'b', 'c', 'd', 'e'];
      for (let n = 0; n < 40; n += 1) void publish(topic, keys[n % keys.length] as string, n);
      await expect.poll(() => got).toHaveLength(40);
      expect(overlaps).toBe(0);
      for (const key of keys) {
        const numbers = got.filter((record) => record.key === key).map(({ value }) => value.n);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }
    });

    it('works on several keys at once, up to the concurrency asked for', async () => {
      const { topic, groupId } = fresh();
      let running = 0;
      let most = 0;
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const { got } = await collect(topic, { groupId, concurrency: 3 }, async () => {
        running += 1;
        most = Math.max(most, running);
        await held;
        await new Promise(setImmediate);
        running -= 1;
      });
      for (let n = 0; n < 30; n += 1) void publish(topic, `k${n}`, n);
      await expect.poll(() => running).toBe(3);
      release();
      await expect.poll(() => got).toHaveLength(30);
      expect(most).toBe(3);
    });

    it('keeps the records of a key behind one that is retried, and lets other keys go on', async () => {
      const { topic, groupId } = fresh();
      let failures = 0;
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const { got } = await collect(topic, { groupId }, async ({ value }) => {
        if (value.n !== 1) return;
        await held;
        failures += 1;
        if (failures < 3) throw new Error('not yet');
      });
      await publish(topic, 'slow', 1, 2);
      await publish(topic, 'other', 3);
      await expect.poll(() => got.map(({ value }) => value.n)).toContain(3);
      expect(got.map(({ value }) => value.n)).not.toContain(2);
      release();
      await expect.poll(() => got.map(({ value }) => value.n)).toContain(2);
      const slow = got.filter(({ key }) => key === 'slow').map(({ value, attempt }) => [value.n, attempt]);
      expect(slow).toEqual([
        [1, 1],
        [1, 2],
        [1, 3],
        [2, 1],
      ]);
    });
  });

  it('works off a backlog larger than what is read ahead, though one key holds its partition up', async () => {
    const { topic, groupId } = fresh();
    const count = 6_000;
    const records = Array.from({ length: count }, (_, n) => ({
      topic,
      key: n === 0 ? 'held' : `k${n % 50}`,
      value: { n },
    }));
    for (let n = 0; n < count; n += 1_000) await suite.bus.publish(records.slice(n, n + 1_000));
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const got = new Set<number>();
    await suite.bus.consume({
      groupId,
      from: 'earliest',
      routes: [
        on(topic, async ({ value }) => {
          if (value.n === 0) await held;
          got.add(value.n);
        }),
      ],
    });
    await expect.poll(() => got.size).toBeGreaterThan(count / 2);
    release();
    await expect.poll(() => got.size).toBe(count);
  });
}
