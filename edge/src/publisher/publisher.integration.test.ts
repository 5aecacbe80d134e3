import { InvalidRecordError } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordedBus } from '../../testing/bus.ts';
import { topics } from '../../testing/edge.ts';
import { createEdgeMetrics } from '../metrics.ts';
import { createPublisher, MAX_BATCH_MESSAGES } from './publisher.ts';

const logger = createLogger({ service: 'edge', level: 'silent' });
const newPublisher = (bus = createRecordedBus()) => {
  const metrics = createEdgeMetrics(createMetrics('edge', { processMetrics: false }));
  return { bus, publisher: createPublisher({ bus, logger, metrics }) };
};
const record = (key: string, value: number) => ({
  topic: { ...topics.peerPlaybackSignals, schema: undefined as never },
  key,
  value,
});

describe('the publisher', () => {
  it('keeps the order of every peer through failures, in what is published and in what is confirmed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ peer: fc.integer({ min: 0, max: 5 }), bytes: fc.nat(400_000) }), {
          maxLength: 60,
        }),
        fc.array(fc.boolean(), { maxLength: 2 }),
        async (messages, failures) => {
          const { bus, publisher } = newPublisher();
          const publish = bus.publish;
          bus.publish = async (records) => {
            if (failures.pop()) throw new Error('no broker');
            await publish(records);
          };
          const confirmed: [string, number][] = [];
          await Promise.all(
            messages.map(
              ({ peer, bytes }, index) =>
                new Promise<void>((resolve) => {
                  publisher.publish(`p${peer}`, [record(`p${peer}`, index)], bytes, (outcome) => {
                    expect(outcome).toBe('durable');
                    confirmed.push([`p${peer}`, index]);
                    resolve();
                  });
                }),
            ),
          );
          const published = bus.published.map(({ key, value }): [string, number] => [key, value as number]);
          for (const peer of ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']) {
            const of = (list: [string, number][]) =>
              list.flatMap(([key, value]) => (key === peer ? [value] : []));
            expect(of(published)).toEqual(of(published).toSorted((a, b) => a - b));
            expect(of(confirmed)).toEqual(of(published));
          }
          expect(published).toHaveLength(messages.length);
          expect(publisher.heldBytes()).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('makes one publication of what gathers while the bus is busy', async () => {
    const { bus, publisher } = newPublisher();
    bus.stall(true);
    const all = Array.from({ length: 1 + MAX_BATCH_MESSAGES }, (_, index) =>
      publisher.published('p', [record('p', index)], 10),
    );
    bus.stall(false);
    await Promise.all(all);
    expect(bus.calls()).toBe(2);
  });

  it('sets a record aside that fits no topic, and the rest of its batch gets through', async () => {
    const { bus, publisher } = newPublisher();
    const publish = bus.publish;
    bus.publish = async (records) => {
      await publish([]);
      if ([records].flat().some(({ value }) => value === 2)) throw new InvalidRecordError('not a value');
      await publish(records);
    };
    bus.stall(true);
    const all = [0, 1, 2, 3].map((value) => publisher.published('p', [record('p', value)]));
    bus.stall(false);
    const settled = await Promise.allSettled(all);
    expect(settled.map((result) => result.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(bus.published.map(({ value }) => value)).toEqual([0, 1, 3]);
  });

  it('reports that the bus is unavailable, and that it is available again', async () => {
    const { bus, publisher } = newPublisher();
    bus.fail('no broker');
    const published = publisher.published('p', [record('p', 1)]);
    await expect.poll(() => publisher.ready()).toMatchObject({ ready: false, reason: /no broker/ });
    bus.fail(null);
    await published;
    expect(publisher.ready()).toEqual({ ready: true });
  });

  it('abandons what is left at the end of a drain and confirms nothing that is not durable', async () => {
    const { bus, publisher } = newPublisher();
    bus.fail('no broker');
    const published = publisher.published('p', [record('p', 1)]);
    published.catch(() => {});
    await publisher.drain(50);
    await expect(published).rejects.toThrow(/stopped/);
    expect(bus.published).toEqual([]);
  });
});
