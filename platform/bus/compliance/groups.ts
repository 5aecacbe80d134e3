import { describe, expect, it, vi } from 'vitest';
import { on } from '../src/bus.ts';
import type { ComplianceSuite } from './suite.ts';

/** How the members of consumer groups share the work. */
export function groups(suite: ComplianceSuite): void {
  const { open, fresh, publish, collect } = suite;

  describe('groups', () => {
    it('each get every record', async () => {
      const { topic, groupId } = fresh();
      const first = await collect(topic, { groupId });
      const second = await collect(topic, { groupId: `${groupId}-2` });
      await publish(topic, 'k', 1, 2);
      await expect.poll(() => first.numbers()).toEqual([1, 2]);
      await expect.poll(() => second.numbers()).toEqual([1, 2]);
    });

    it('share the work between their members', async () => {
      const { topic, groupId } = fresh();
      const one = await collect(topic, { groupId });
      const two = await collect(topic, { groupId }, undefined, await open());
      let n = 0;
      // Partitions move to the new member a moment after it joined.
      await vi.waitFor(
        async () => {
          await Promise.all(Array.from({ length: 20 }, () => publish(topic, `k${n}`, n++)));
          expect(two.got.length).toBeGreaterThan(0);
        },
        { timeout: 10_000 },
      );
      const settledAt = n;
      await Promise.all(Array.from({ length: 40 }, () => publish(topic, `k${n}`, n++)));
      await expect.poll(() => new Set([...one.numbers(), ...two.numbers()]).size).toBe(n);
      const late = (numbers: number[]) => numbers.filter((number) => number >= settledAt);
      expect(late(one.numbers()).length).toBeGreaterThan(0);
      expect(late(two.numbers()).length).toBeGreaterThan(0);
      expect(late([...one.numbers(), ...two.numbers()])).toHaveLength(40);
    });

    it('say up to when they have handled everything', async () => {
      const { topic, groupId } = fresh();
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const { caughtUpAt, numbers } = await collect(topic, { groupId }, () => held);
      const other = await collect(topic, { groupId: `${groupId}-other` });
      const passes = (at: number, caughtUp = caughtUpAt) =>
        expect.poll(caughtUp, { timeout: 10_000 }).toBeGreaterThan(at);
      await passes(Date.now());
      await publish(topic, 'k', 1);
      await expect.poll(numbers).toEqual([1]);
      const during = Date.now();
      await passes(during + 500, other.caughtUpAt);
      expect(caughtUpAt()).toBeLessThanOrEqual(during);
      release();
      await passes(during + 500);
    });

    it('begin at the end, or at the beginning when asked', async () => {
      const { topic, groupId } = fresh();
      await publish(topic, 'k', 1);
      const latest = await collect(topic, { groupId });
      const earliest = await collect(topic, { groupId: `${groupId}-all`, from: 'earliest' });
      await publish(topic, 'k', 2);
      await expect.poll(() => earliest.numbers()).toEqual([1, 2]);
      await expect.poll(() => latest.numbers()).toEqual([2]);
    });

    it('get every record published after consume resolved, on many keys', async () => {
      const { topic, groupId } = fresh();
      const { numbers } = await collect(topic, { groupId });
      await Promise.all(Array.from({ length: 50 }, (_, n) => publish(topic, `k${n}`, n)));
      await expect.poll(() => new Set(numbers()).size).toBe(50);
    });

    it('continue where they stopped, wherever they would begin', async () => {
      const { topic, groupId } = fresh();
      const before = await collect(topic, { groupId });
      await publish(topic, 'k', 1);
      await expect.poll(() => before.numbers()).toEqual([1]);
      await before.stop();
      await publish(topic, 'k', 2);
      const after = await collect(topic, { groupId }, undefined, await open());
      await publish(topic, 'k', 3);
      await expect.poll(() => after.numbers()).toEqual([2, 3]);
      expect(before.numbers()).toEqual([1]);
    });

    it('of one exclusive member go on at once without a predecessor that has not left', async () => {
      const { topic, groupId } = fresh();
      const first = await collect(topic, { groupId, exclusive: true });
      await publish(topic, 'k', 1);
      await expect.poll(() => first.numbers()).toEqual([1]);
      await first.stop();
      const finish = Promise.withResolvers<void>();
      const stuck = await collect(topic, { groupId, exclusive: true }, () => finish.promise, await open());
      await publish(topic, 'k', 2, 3);
      await expect.poll(() => stuck.numbers()).toEqual([2]);
      const next = await collect(topic, { groupId, exclusive: true }, undefined, await open());
      await expect.poll(() => next.numbers()).toEqual([2, 3]);
      finish.resolve();
      await next.stop();
      await stuck.stop();
      await publish(topic, 'k', 4);
      const last = await collect(topic, { groupId, exclusive: true, from: 'earliest' });
      await expect.poll(() => last.numbers()).toEqual([4]);
    });
  });

  it('refuses two routes for one topic', async () => {
    const { topic, groupId } = fresh();
    const route = on(topic, () => {});
    await expect(suite.bus.consume({ groupId, routes: [route, route] })).rejects.toThrow(/two routes/);
  });
}
