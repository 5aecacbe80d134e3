import { currentTraceparent, TRACEPARENT, withTrace } from '@giggityflix/kernel';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidRecordError } from '../src/record.ts';
import type { ComplianceSuite } from './suite.ts';

/** How records get onto the bus, from this process, one that is killed and foreign ones. */
export function publishing(suite: ComplianceSuite): void {
  const { fresh, publish, collect, startChild } = suite;

  describe('publishing', () => {
    it('hands a record to a group with its key, parsed value, time and CloudEvents headers', async () => {
      const { topic, groupId } = fresh();
      const { got } = await collect(topic, { groupId });
      await suite.bus.publish({ topic, key: 'k', value: { n: 1 }, headers: { 'x-extra': 'yes' } });
      await expect.poll(() => got).toHaveLength(1);
      expect(got[0]).toMatchObject({
        topic: topic.name,
        key: 'k',
        value: { n: 1 },
        attempt: 1,
        headers: {
          ce_specversion: '1.0',
          ce_type: 'compliance',
          ce_source: 'compliance',
          'content-type': 'application/json',
          'x-extra': 'yes',
        },
      });
      expect(got[0]?.headers.ce_id).toMatch(/^[0-9a-f-]{36}$/);
      expect(Math.abs(Date.now() - Date.parse(got[0]?.headers.ce_time ?? ''))).toBeLessThan(10_000);
      expect(Math.abs(Date.now() - (got[0]?.timestamp ?? 0))).toBeLessThan(10_000);
      expect(got[0]?.offset).toMatch(/^\d+$/);
    });

    it('publishes nothing of a call with a value that fails the schema', async () => {
      const { topic, groupId } = fresh();
      const { numbers } = await collect(topic, { groupId });
      const bad = { topic, key: 'k', value: { n: 'one' as never } };
      await expect(suite.bus.publish([{ topic, key: 'k', value: { n: 1 } }, bad])).rejects.toThrow(
        InvalidRecordError,
      );
      await publish(topic, 'k', 2);
      await expect.poll(numbers).toEqual([2]);
    });

    it.each([
      ['an empty key', { key: '' }],
      ['a value over the size limit', { key: 'k', value: 'x'.repeat(1_000_001) }],
    ])('refuses %s', async (_, part) => {
      const topic = { name: fresh().topic.name, schema: z.unknown(), type: 'any' };
      await expect(suite.bus.publish({ topic, value: 1, ...part })).rejects.toThrow(InvalidRecordError);
    });

    it('keeps what it acknowledged when the publisher is killed', async () => {
      const { topic, groupId } = fresh();
      const { numbers } = await collect(topic, { groupId });
      const child = await startChild();
      child.order({ order: 'publish', topic: topic.name, key: 'k', numbers: [1, 2, 3] });
      await child.until('published');
      child.kill();
      await expect.poll(numbers).toEqual([1, 2, 3]);
    });

    it('carries the trace of the work that publishes to the work that handles', async () => {
      const { topic, groupId } = fresh();
      const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      let handling: string | undefined;
      const { got } = await collect(topic, { groupId }, () => {
        handling = currentTraceparent();
      });
      await withTrace(trace, () => publish(topic, 'k', 1));
      await expect.poll(() => handling).toBeDefined();
      expect(got[0]?.headers[TRACEPARENT]).toContain(trace.slice(0, 35));
      expect(handling).toContain(trace.slice(0, 35));
    });
  });

  it('takes records of foreign producers, without headers and without a key', async () => {
    const { topic, groupId } = fresh();
    const { got } = await collect(topic, { groupId });
    for (const n of [1, 2, 3]) await suite.under.appendRaw(topic.name, null, Buffer.from(`{"n": ${n}}`));
    await expect.poll(() => got).toHaveLength(3);
    expect(got[0]).toMatchObject({ key: '', headers: {} });
  });
}
