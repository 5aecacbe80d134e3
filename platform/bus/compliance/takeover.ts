import { describe, expect, it, vi } from 'vitest';
import type { ComplianceSuite } from './suite.ts';

/** What becomes of the work of a member that is killed or stalls. */
export function takeover(suite: ComplianceSuite): void {
  const { open, fresh, publish, collect, startChild, takeoverMs } = suite;

  describe('a group', () => {
    it('hands the work of a killed member to the others, unfinished records included', async () => {
      const { topic, groupId } = fresh();
      const child = await startChild();
      child.order({ order: 'consume', topic: topic.name, groupId });
      await child.until('consuming');
      // Each key's first record hangs; those of other partitions finish around it.
      await suite.bus.publish([
        { topic, key: 'a', value: { n: 1 } },
        { topic, key: 'b', value: { n: 2, hang: true } },
        { topic, key: 'b', value: { n: 3 } },
        { topic, key: 'c', value: { n: 4 } },
      ]);
      await expect.poll(() => new Set(child.got())).toEqual(new Set([1, 2, 4]));
      const other = await collect(topic, { groupId }, undefined, await open());
      child.kill();
      await expect
        .poll(() => other.numbers().filter((n) => n === 2 || n === 3), { timeout: takeoverMs })
        .toEqual([2, 3]);
      await publish(topic, 'b', 5);
      await expect.poll(() => other.numbers()).toContain(5);
    });

    it('goes on past a member that stalls, and past its return', async () => {
      const { topic, groupId } = fresh();
      const child = await startChild();
      child.order({ order: 'consume', topic: topic.name, groupId });
      await child.until('consuming');
      await publish(topic, 'k0', 0);
      await expect.poll(() => child.got()).toEqual([0]);
      child.stall();
      const other = await collect(topic, { groupId }, undefined, await open());
      const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
      for (const n of numbers) await publish(topic, `k${n % 7}`, n);
      // The first may be delivered again: a consumer that stalls may not have committed it.
      const later = () => new Set(other.numbers().filter((n) => n > 0));
      await expect.poll(later, { timeout: takeoverMs + 5_000 }).toEqual(new Set(numbers));
      child.wake();
      await publish(topic, 'k0', 21, 22, 23);
      await vi.waitFor(
        () => {
          const both = new Set([...child.got(), ...other.numbers()]);
          expect([21, 22, 23].every((n) => both.has(n))).toBe(true);
        },
        { timeout: takeoverMs + 5_000 },
      );
      for (let key = 0; key < 7; key += 1) {
        const ofKey = other.got.filter((record) => record.key === `k${key}`).map(({ value }) => value.n);
        expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
      }
    });
  });
}
