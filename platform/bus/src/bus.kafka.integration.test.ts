import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { createLogger } from '@giggityflix/kernel';
import { realKafka, requireKcat } from '@giggityflix/testing';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, describe, expect, it } from 'vitest';
import { busCompliance } from '../compliance/bus.compliance.ts';
import { complianceTopic } from '../compliance/topic.ts';
import { createKafkaBus, type KafkaBusConfig } from './bus.kafka.ts';
import { type Bus, on } from './bus.ts';
import { NO_BUS_METRICS } from './metrics.ts';

const kafka = await realKafka();
const kcat = requireKcat();
const run = promisify(execFile);
const logger = createLogger({ service: 'test', level: 'silent' });

const configFor = (bootstrapServers: string): KafkaBusConfig => ({
  brokers: [bootstrapServers],
  partitions: 4,
  replicationFactor: 1,
  sessionTimeoutMs: 2_000,
  ssl: null,
  sasl: null,
});

describe.skipIf(kafka.skip)('on a real broker', () => {
  const buses: Bus[] = [];
  afterAll(async () => {
    for (const bus of buses) await bus.stop();
  });
  const open = async (bootstrapServers: string) => {
    const bus = createKafkaBus(configFor(bootstrapServers), { clientId: 'test', logger });
    await bus.start();
    buses.push(bus);
    return bus;
  };

  busCompliance(
    'the Kafka bus',
    async () => {
      const brokers = [kafka.bootstrapServers];
      const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      return {
        config: { kind: 'kafka', ...configFor(kafka.bootstrapServers) },
        async appendRaw(topic, key, value) {
          await producer.send({ topic, messages: [{ key, value }] });
        },
        close: () => producer.disconnect(),
      };
    },
    { takeoverMs: 8_000 },
  );

  it('begins the name of each of its groups with the one it is configured with', async () => {
    const groupId = `group-${randomUUID()}`;
    const bus = createKafkaBus(
      { ...configFor(kafka.bootstrapServers), groupId },
      { clientId: `client-${groupId}`, logger },
    );
    await bus.start();
    buses.push(bus);
    const routes = [on(complianceTopic(`groups-${randomUUID()}`), () => {})];
    await bus.consume({ groupId, routes });
    await bus.broadcast({ routes });
    await bus.consume({ groupId: `${groupId}.edge-1`, exclusive: true, routes });
    const admin = new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      await expect
        .poll(async () => {
          const { groups } = await admin.listGroups();
          return groups.map((group) => group.groupId).filter((name) => name.includes(groupId));
        })
        .toHaveLength(3);
      const { groups } = await admin.listGroups();
      for (const group of groups)
        if (group.groupId.includes(groupId)) expect(group.groupId.startsWith(groupId)).toBe(true);
    } finally {
      await admin.disconnect();
    }
  });

  it('reports how many records of all its partitions are unfinished, down to none', async () => {
    const lag = new Map<string, number>();
    const metrics = {
      ...NO_BUS_METRICS,
      lag: (topic: string, _group: string, n: number) => lag.set(topic, n),
    };
    const bus = createKafkaBus(configFor(kafka.bootstrapServers), { clientId: 'test', logger, metrics });
    await bus.start();
    buses.push(bus);
    const topic = complianceTopic(`lag-${randomUUID()}`);
    let finish = () => {};
    const hold = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await bus.consume({ groupId: `g-${randomUUID()}`, routes: [on(topic, () => hold)] });
    const keys = Array.from({ length: 12 }, (_, n) => `key-${n}`);
    await bus.publish(keys.map((key, n) => ({ topic, key, value: { n } })));
    await expect.poll(() => lag.get(topic.name)).toBe(keys.length);
    finish();
    await expect.poll(() => lag.get(topic.name)).toBe(0);
  });

  it('creates topics with the partitions asked for', async () => {
    const bus = await open(kafka.bootstrapServers);
    const topic = complianceTopic(`t-${randomUUID()}`);
    await bus.publish({ topic, key: 'k', value: { n: 1 } });
    const admin = new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic.name] });
    await admin.disconnect();
    expect(topics[0]?.partitions).toHaveLength(4);
  });

  it('leaves no group behind after a broadcast', async () => {
    const bus = await open(kafka.bootstrapServers);
    const topic = complianceTopic(`t-${randomUUID()}`);
    const admin = new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const groups = async () =>
      (await admin.listGroups()).groups.filter(({ groupId }) => groupId.startsWith('test.b'));
    const before = (await groups()).length;
    const consumer = await bus.broadcast({ routes: [on(topic, () => {})] });
    await expect.poll(groups).toHaveLength(before + 1);
    await consumer.stop();
    await expect.poll(groups).toHaveLength(before);
    await admin.disconnect();
  });

  it.skipIf(kcat.skip)('is legible to kcat, and takes what kcat writes', async () => {
    const bus = await open(kafka.bootstrapServers);
    const topic = complianceTopic(`t-${randomUUID()}`);
    const got: unknown[] = [];
    await bus.consume({
      groupId: `g-${randomUUID()}`,
      routes: [on(topic, ({ value }) => void got.push(value))],
    });
    await bus.publish({ topic, key: 'peer-1', value: { n: 1 } });
    const broker = ['-b', kafka.bootstrapServers, '-t', topic.name];
    const { stdout } = await run(kcat.path, ['-C', ...broker, '-e', '-q', '-f', '%k %s %h\n']);
    expect(stdout).toMatch(/^peer-1 \{"n":1\} ce_specversion=1\.0,ce_id=/);
    // A header without a value, which kcat writes for a name alone.
    const writing = run(kcat.path, ['-P', ...broker, '-H', 'flag']);
    writing.child.stdin?.end('{"n":2}\n');
    await writing;
    await expect.poll(() => got).toEqual([{ n: 1 }, { n: 2 }]);
  });
});
