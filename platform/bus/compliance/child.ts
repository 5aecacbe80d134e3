import { createLogger } from '@giggityflix/kernel';
import { type Bus, on } from '../src/bus.ts';
import { type BusConfig, createBus } from '../src/config.ts';
import { complianceTopic } from './topic.ts';

/** What the suite asks of the other process: to join a group, or to publish. */
export type ChildOrder =
  | { order: 'consume'; topic: string; groupId: string }
  | { order: 'publish'; topic: string; key: string; numbers: number[] };

/** What it reports; a handler of a value with `hang` never ends. */
export type ChildReport =
  | { report: 'started' | 'consuming' | 'published' }
  | { report: 'got'; key: string; n: number };

const config = JSON.parse(process.argv[2] as string) as BusConfig;
const send = (report: ChildReport) => process.send?.(report);

const bus: Bus = await createBus({
  config,
  clientId: 'child',
  logger: createLogger({ service: 'child', level: 'silent' }),
});
await bus.start();

process.on('message', async (message: ChildOrder) => {
  const topic = complianceTopic(message.topic);
  if (message.order === 'publish') {
    await bus.publish(message.numbers.map((n) => ({ topic, key: message.key, value: { n } })));
    send({ report: 'published' });
    return;
  }
  await bus.consume({
    groupId: message.groupId,
    from: 'earliest',
    routes: [
      on(topic, async ({ key, value }) => {
        send({ report: 'got', key, n: value.n });
        if (value.hang) await new Promise(() => {});
      }),
    ],
  });
  send({ report: 'consuming' });
});
process.on('disconnect', () => process.exit(0));
send({ report: 'started' });
