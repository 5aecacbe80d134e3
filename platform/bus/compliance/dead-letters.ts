import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DEAD_LETTER_HEADERS, on, RejectMessage } from '../src/bus.ts';
import { type ComplianceSuite, quick } from './suite.ts';

/** Where records end that no handler took. */
export function deadLetters(suite: ComplianceSuite): void {
  const { fresh, publish, collect, readRaw } = suite;

  describe('dead letters', () => {
    it('take a record whose retries are used up, unchanged, with the reason', async () => {
      const { topic, groupId } = fresh();
      const { got } = await collect(topic, { groupId }, ({ value }) => {
        if (value.n === 1) throw new Error('the disk is on fire');
      });
      await publish(topic, 'k', 1, 2);
      await expect.poll(() => got.map(({ value }) => value.n)).toEqual([1, 1, 1, 2]);
      const [letter] = await readRaw(`${topic.name}.deadletter`, 1);
      expect(letter).toMatchObject({ key: 'k', value: { n: 1 } });
      expect(letter?.headers).toMatchObject({
        ce_type: 'compliance',
        [DEAD_LETTER_HEADERS.topic]: topic.name,
        [DEAD_LETTER_HEADERS.partition]: String(got[0]?.partition),
        [DEAD_LETTER_HEADERS.offset]: got[0]?.offset,
        [DEAD_LETTER_HEADERS.reason]: 'the disk is on fire',
        [DEAD_LETTER_HEADERS.attempts]: '3',
        [DEAD_LETTER_HEADERS.consumerGroup]: groupId,
      });
    });

    it('take a rejected record at once, on the topic that was named', async () => {
      const { topic, groupId } = fresh();
      const deadLetterTopic = (source: string) => `${source}.refused`;
      const { got } = await collect(topic, { groupId, deadLetterTopic }, () => {
        throw new RejectMessage('no such peer');
      });
      await publish(topic, 'k', 1);
      const [letter] = await readRaw(`${topic.name}.refused`, 1);
      expect(letter?.headers[DEAD_LETTER_HEADERS.reason]).toBe('no such peer');
      expect(letter?.headers[DEAD_LETTER_HEADERS.attempts]).toBe('1');
      expect(got).toHaveLength(1);
    });

    it('take what does not parse or fails the schema, and the group goes on', async () => {
      const { topic, groupId } = fresh();
      const { numbers } = await collect(topic, { groupId });
      await suite.under.appendRaw(topic.name, 'k', Buffer.from('{"n": 1.5}'));
      await suite.under.appendRaw(topic.name, 'k', Buffer.from([0x22, 0xff, 0xfe, 0x22]));
      await suite.under.appendRaw(topic.name, 'k', Buffer.from('{not json'));
      await suite.under.appendRaw(topic.name, 'k', Buffer.from('{"n": 4}'));
      await expect.poll(numbers).toEqual([4]);
      const taken: string[] = [];
      const letters = { name: `${topic.name}.deadletter`, schema: z.unknown(), type: 'any' };
      await suite.bus.consume({
        groupId: `raw-${randomUUID()}`,
        from: 'earliest',
        retry: { ...quick, maxRetries: 0 },
        deadLetterTopic: (source) => `${source}.twice`,
        routes: [
          on(letters, ({ headers }) => void taken.push(headers[DEAD_LETTER_HEADERS.reason] as string)),
        ],
      });
      // Two of the three are not JSON, so reading them as such dead-letters them once more.
      await expect.poll(() => taken).toEqual([expect.stringMatching(/^fails the schema: n: /)]);
    });
  });
}
