import { createLogger } from '@giggityflix/kernel';
import { realKafka } from '@giggityflix/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { complianceTopic } from '../compliance/topic.ts';
import { createKafkaBus } from './bus.kafka.ts';
import { type Bus, on } from './bus.ts';

const fresh = await realKafka({ dedicated: true });
const PROCESSES = 6;

describe.skipIf(fresh.skip)('on a broker that has neither topics nor groups yet', () => {
  it('processes that all begin at once receive what each of them publishes', async () => {
    const topic = complianceTopic('first-words');
    const open = async (n: number): Promise<{ bus: Bus; heard: Set<number>; handled: Set<number> }> => {
      const bus = createKafkaBus(
        {
          brokers: [fresh.bootstrapServers],
          partitions: 4,
          replicationFactor: 1,
          sessionTimeoutMs: 6_000,
          ssl: null,
          sasl: null,
        },
        { clientId: `fresh-${n}`, logger: createLogger({ service: 'test', level: 'silent' }) },
      );
      onTestFinished(() => bus.stop());
      await bus.start();
      const heard = new Set<number>();
      const handled = new Set<number>();
      await Promise.all([
        bus.broadcast({ routes: [on(topic, ({ value }) => void heard.add(value.n))] }),
        bus.consume({ groupId: `group-${n}`, routes: [on(topic, ({ value }) => void handled.add(value.n))] }),
      ]);
      return { bus, heard, handled };
    };
    const processes = await Promise.all(Array.from({ length: PROCESSES }, (_value, n) => open(n)));
    await Promise.all(processes.map(({ bus }, n) => bus.publish({ topic, key: `k${n}`, value: { n } })));
    for (const { heard, handled } of processes)
      await expect
        .poll(() => [heard.size, handled.size], { timeout: 30_000 })
        .toEqual([PROCESSES, PROCESSES]);
  }, 120_000);
});
