import { describe, expect, it } from 'vitest';
import { type ComplianceSuite, patient } from './suite.ts';

/** What a stop waits for, and what it leaves to the next member. */
export function stopping(suite: ComplianceSuite): void {
  const { open, fresh, publish, collect } = suite;

  describe('stopping', () => {
    it('waits for handlers in flight and commits what they did', async () => {
      const { topic, groupId } = fresh();
      let finish = () => {};
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const first = await open();
      const { got } = await collect(topic, { groupId }, () => held, first);
      await publish(topic, 'k', 1, 2);
      await expect.poll(() => got).toHaveLength(1);
      let stopped = false;
      const stopping = first.stop().then(() => {
        stopped = true;
      });
      // Time enough for records to come and go elsewhere.
      const other = fresh();
      const elsewhere = await collect(other.topic, { groupId: other.groupId });
      await publish(other.topic, 'k', 1);
      await expect.poll(elsewhere.numbers).toEqual([1]);
      expect(stopped).toBe(false);
      finish();
      await stopping;
      expect(got).toHaveLength(1);
      const second = await collect(topic, { groupId });
      await expect.poll(() => second.numbers()).toEqual([2]);
    });

    it('does not wait for retries: their record comes again to the next member', async () => {
      const { topic, groupId } = fresh();
      const first = await open();
      const { got } = await collect(
        topic,
        { groupId, retry: patient },
        () => {
          throw new Error('down');
        },
        first,
      );
      await publish(topic, 'k', 1);
      await expect.poll(() => got).toHaveLength(1);
      await first.stop();
      const second = await collect(topic, { groupId });
      await expect.poll(() => second.numbers()).toEqual([1]);
    });

    it('is safe twice', async () => {
      const other = await open();
      await other.stop();
      await other.stop();
    });
  });
}
