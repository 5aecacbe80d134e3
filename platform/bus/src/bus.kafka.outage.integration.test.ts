import { createLogger } from '@giggityflix/kernel';
import { realKafka } from '@giggityflix/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { complianceTopic } from '../compliance/topic.ts';
import { createKafkaBus } from './bus.kafka.ts';
import { on } from './bus.ts';

const REJOINING = 'a consumer failed, joining the group again';
const RECEIVING = 'a consumer receives records again';

/** A logger, and what it logged. */
function collectingLogger() {
  const lines: { msg: string; consumer?: string; level: string }[] = [];
  const logger = createLogger({
    service: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  const of = (text: string) => lines.filter(({ msg }) => msg === text).map(({ consumer }) => consumer);
  return { logger, lines, of };
}

const mortal = await realKafka({ dedicated: true });

describe.skipIf(mortal.skip || !mortal.server)('when the broker stops and starts again', () => {
  it('an exclusive group goes on without waiting for the broker to give up on its former member', async () => {
    const { logger, of } = collectingLogger();
    const bus = createKafkaBus(
      {
        brokers: [mortal.bootstrapServers],
        partitions: 4,
        replicationFactor: 1,
        // Longer than anything here waits.
        sessionTimeoutMs: 300_000,
        ssl: null,
        sasl: null,
      },
      { clientId: 'test', logger },
    );
    await bus.start();
    const topic = complianceTopic('commands');
    const got: number[] = [];
    const consumer = await bus.consume({
      groupId: 'exclusive',
      exclusive: true,
      routes: [on(topic, ({ value }) => void got.push(value.n))],
    });
    const publish = (n: number) => bus.publish({ topic, key: 'k', value: { n } });
    await publish(1);
    await vi.waitFor(() => expect(got).toEqual([1]), { timeout: 10_000 });
    await mortal.server?.kill();
    // Until then kafkajs keeps its member, and the broker knows it again.
    await vi.waitFor(() => expect(of(REJOINING)).toEqual(['exclusive']), { timeout: 40_000, interval: 100 });
    expect(await bus.ready()).toMatchObject({
      ready: true,
      unavailable: expect.arrayContaining(['the consumer exclusive']),
    });
    await mortal.server?.restart();
    await vi.waitFor(() => publish(2), { timeout: 30_000 });
    await vi.waitFor(() => expect(got).toContain(2), { timeout: 30_000, interval: 100 });
    expect(await bus.ready()).toEqual({ ready: true });
    expect([of(REJOINING), of(RECEIVING)]).toEqual([['exclusive'], ['exclusive']]);
    await consumer.stop();
    await bus.stop();
  }, 100_000);

  it('publishing fails, then works again; groups and broadcasts continue where they were', async () => {
    const { logger, of } = collectingLogger();
    const bus = createKafkaBus(
      {
        brokers: [mortal.bootstrapServers],
        partitions: 4,
        replicationFactor: 1,
        sessionTimeoutMs: 2_000,
        ssl: null,
        sasl: null,
      },
      { clientId: 'test', logger },
    );
    await bus.start();
    const topic = complianceTopic('numbers');
    const got: number[] = [];
    const heard: number[] = [];
    await bus.consume({ groupId: 'group', routes: [on(topic, ({ value }) => void got.push(value.n))] });
    await bus.broadcast({ routes: [on(topic, ({ value }) => void heard.push(value.n))] });
    const publish = (n: number) => bus.publish({ topic, key: 'k', value: { n } });
    await publish(1);
    await vi.waitFor(() => expect([...got, ...heard]).toEqual([1, 1]), { timeout: 10_000 });

    await mortal.server?.kill();
    const during = publish(2).then(
      () => 'published',
      () => 'refused',
    );
    await mortal.server?.restart();
    // kafkajs may carry the call over the outage or give it up; it never says so falsely.
    const outcome = await during;
    await vi.waitFor(() => publish(3), { timeout: 30_000 });
    const expected = outcome === 'published' ? [1, 2, 3] : [1, 3];
    const settled = (numbers: number[]) => [...new Set(numbers)].filter((n) => expected.includes(n));
    await vi.waitFor(() => expect(settled(got)).toEqual(expected), { timeout: 40_000, interval: 200 });
    await vi.waitFor(() => expect(settled(heard)).toEqual(expected), { timeout: 40_000, interval: 200 });
    await bus.check();
    for (const consumer of ['group', 'test.broadcast']) {
      const failures = of(REJOINING).filter((name) => name === consumer);
      expect(failures.length).toBeLessThanOrEqual(1);
      expect(of(RECEIVING).filter((name) => name === consumer)).toEqual(failures);
    }

    await mortal.server?.kill();
    await expect(bus.check()).rejects.toThrow();
    // The clock of what the stop itself waits for runs while it waits, and faster than real time.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stopped = vi.fn();
    void bus.stop().then(stopped);
    let waitedMs = 0;
    await expect
      .poll(
        async () => {
          if (vi.getTimerCount() > 0) {
            await vi.advanceTimersByTimeAsync(100);
            waitedMs += 100;
          }
          return stopped.mock.calls;
        },
        { timeout: 30_000 },
      )
      .toHaveLength(1);
    expect(waitedMs).toBeLessThan(9_500);
  }, 120_000);
});
