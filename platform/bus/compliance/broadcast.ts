import { describe, expect, it } from 'vitest';
import { on } from '../src/bus.ts';
import type { ComplianceSuite } from './suite.ts';

/** What every process gets. */
export function broadcast(suite: ComplianceSuite): void {
  const { open, fresh, publish } = suite;

  describe('broadcast', () => {
    it('reaches every process with what is published from now on', async () => {
      const { topic } = fresh();
      await publish(topic, 'k', 1);
      const one: number[] = [];
      const two: number[] = [];
      const other = await open();
      await suite.bus.broadcast({ routes: [on(topic, ({ value }) => void one.push(value.n))] });
      await other.broadcast({ routes: [on(topic, ({ value }) => void two.push(value.n))] });
      await publish(topic, 'k', 2, 3);
      await expect.poll(() => one).toEqual([2, 3]);
      await expect.poll(() => two).toEqual([2, 3]);
    });

    it('begins with what was published since a time, and misses nothing after', async () => {
      const { topic } = fresh();
      await publish(topic, 'k', 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const since = Date.now();
      await publish(topic, 'k', 2);
      await publish(topic, 'other', 3);
      const got: number[] = [];
      await suite.bus.broadcast({ since, routes: [on(topic, ({ value }) => void got.push(value.n))] });
      await publish(topic, 'k', 4);
      await expect.poll(() => got.toSorted()).toEqual([2, 3, 4]);
    });

    it('goes on past a handler that throws and a value that fails the schema', async () => {
      const { topic } = fresh();
      const got: number[] = [];
      const consumer = await suite.bus.broadcast({
        routes: [
          on(topic, ({ value }) => {
            got.push(value.n);
            throw new Error('no');
          }),
        ],
      });
      await publish(topic, 'k', 1);
      await suite.under.appendRaw(topic.name, 'k', Buffer.from('nonsense'));
      await publish(topic, 'k', 2);
      await expect.poll(() => got).toEqual([1, 2]);
      await consumer.stop();
      await publish(topic, 'k', 3);
      expect(got).toEqual([1, 2]);
    });
  });
}
