import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createBus, on } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { freePorts, realKafka } from '@giggityflix/testing';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { hashAnswer, hashCommand } from '../testing/commands.ts';
import { startEdge, topics } from '../testing/edge.ts';
import { startEdgeProcess } from '../testing/edge-process.ts';
import { createOutboxPeer } from '../testing/outbox-peer.ts';
import { createTestPeer } from '../testing/peer.ts';

/** How long the broker is unavailable; `OUTAGE_MS=30000` for the long run. */
const OUTAGE_MS = Number(process.env.OUTAGE_MS ?? 1_000);
const PEERS = 5;
const SEND_INTERVAL_MS = 10;

const kafka = await realKafka({ dedicated: true });

describe.skipIf(kafka.skip !== false)('the edge on Kafka', () => {
  const openBus = async (): Promise<Bus> => {
    const bus = await createBus({
      config: {
        kind: 'kafka',
        brokers: [kafka.bootstrapServers],
        partitions: 4,
        replicationFactor: 1,
        sessionTimeoutMs: 10_000,
        ssl: null,
        sasl: null,
      },
      clientId: 'edge-1',
      logger: createLogger({ service: 'edge', level: 'silent' }),
    });
    await bus.start();
    return bus;
  };

  it('keeps every acknowledged message, in order, while the broker dies under load and comes back', async () => {
    const bus = await openBus();
    const edge = await startEdge({}, { bus });
    const peers = Array.from({ length: PEERS }, () => createOutboxPeer({ port: () => edge.port }));
    await expect.poll(() => peers.every((peer) => peer.connections() > 0), { timeout: 15_000 }).toBe(true);
    let sent = 0;
    const talk = () => {
      sent++;
      for (const peer of peers)
        peer.send({
          $case: 'catalogUpdate',
          value: { full: false, catalogIds: [], removedCatalogIds: [], updateId: String(sent), final: true },
        });
    };
    const talking = setInterval(talk, SEND_INTERVAL_MS);
    await expect
      .poll(() => Math.min(...peers.map((peer) => peer.acknowledged())), { timeout: 15_000 })
      .toBeGreaterThan(20);

    await kafka.server?.kill();
    const beforeOutage = sent;
    await expect
      .poll(() => sent - beforeOutage, { timeout: OUTAGE_MS * 10 })
      .toBeGreaterThan(OUTAGE_MS / SEND_INTERVAL_MS);
    expect((await edge.edge.ready()).ready).toBe(false);
    const duringOutage = peers.map((peer) => peer.acknowledged());
    peers[0]?.cut();
    await kafka.server?.restart();
    clearInterval(talking);
    expect(duringOutage.every((acknowledged) => acknowledged < sent)).toBe(true);
    await expect
      .poll(() => peers.map((peer) => peer.acknowledged()), { timeout: 60_000, interval: 200 })
      .toEqual(peers.map(() => sent));

    const consumed = await everything(topics.peerCatalogUpdated.name);
    for (const peer of peers) {
      const of = consumed
        .filter(({ key }) => key === peer.peerId())
        .map(({ value }) => Number(value.update_id));
      const first = of.filter((value, at) => of.indexOf(value) === at);
      expect(first).toEqual(Array.from({ length: sent }, (_, at) => at + 1));
    }
    await Promise.all(peers.map((peer) => peer.stop()));
    await edge[Symbol.asyncDispose]();
    await bus.stop();
  }, 180_000);

  it('writes a dead letter for a command whose peer is not connected, and answers the others', async () => {
    const bus = await openBus();
    const edge = await startEdge({ edgeId: 'edge-2' }, { bus });
    const peer = createOutboxPeer({
      port: () => edge.port,
      answer: ({ requestId, catalogId }) => hashAnswer({ requestId, catalogId }),
    });
    const answers: Record<string, boolean> = {};
    await bus.consume({
      groupId: 'requester',
      routes: [
        on(topics.fileHashResponses, ({ value }) => {
          answers[value.request_id] = value.success;
        }),
      ],
    });
    await expect.poll(() => peer.connections(), { timeout: 15_000 }).toBe(1);
    const command = (peerId: string) => ({
      topic: topics.edgeCommands('edge-2'),
      key: peerId,
      value: hashCommand(peerId, { request_id: `for-${peerId}` }),
    });
    await bus.publish([command('nobody'), command(peer.peerId() as string)]);
    await expect
      .poll(() => answers, { timeout: 20_000 })
      .toEqual({ 'for-nobody': false, [`for-${peer.peerId()}`]: true });
    await expect
      .poll(() => everything('edge-commands-edge-2.deadletter'), { timeout: 20_000 })
      .toHaveLength(1);
    const [letter] = await everything('edge-commands-edge-2.deadletter');
    expect(letter).toMatchObject({
      key: 'nobody',
      headers: {
        '__connect.errors.topic': 'edge-commands-edge-2',
        '__connect.errors.exception.message': 'peer nobody is not connected',
        '__connect.errors.attempts': '4',
      },
    });
    await peer.stop();
    await edge[Symbol.asyncDispose]();
    await bus.stop();
  }, 90_000);

  it('continues with its commands at once when it was killed, first with the one it had given to a peer', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'edge-kafka-'));
    const [port] = (await freePorts(1)) as [number];
    const start = () =>
      startEdgeProcess({
        directory,
        port,
        env: {
          EDGE_ID: 'edge-3',
          BUS: 'kafka',
          KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
          KAFKA_TOPIC_PARTITIONS: '4',
          // Far longer than this test: the edge does not wait until the broker removes the killed member.
          KAFKA_SESSION_TIMEOUT: '5m',
        },
      });
    const bus = await openBus();
    const answered: string[] = [];
    await bus.consume({
      groupId: 'requester-edge-3',
      routes: [on(topics.fileHashResponses, ({ value }) => void answered.push(value.request_id))],
    });
    const topic = topics.edgeCommands('edge-3');
    const ask = (peerId: string, request_id: string) =>
      bus.publish({ topic, key: peerId, value: hashCommand(peerId, { request_id }) });
    let edge = await start();
    const peer = createTestPeer({ port });
    await peer.register();
    await ask(peer.peerId, 'r-1');
    await peer.next('command');
    await expect.poll(() => committed('edge-service.edge-3', topic.name), { timeout: 10_000 }).toBe(1);
    await edge.end('SIGKILL');
    edge = await start();
    const next = createTestPeer({ port, privateKey: peer.privateKey });
    await next.register();
    await ask(peer.peerId, 'r-2');
    for (const _ of [1, 2]) {
      const { requestId } = await next.next('command');
      next.send(hashAnswer({ requestId }));
    }
    await expect.poll(() => answered.toSorted(), { timeout: 10_000 }).toEqual(['r-1', 'r-2']);
    expect(await edge.end('SIGTERM')).toBe(0);
    await bus.stop();
    await rm(directory, { recursive: true });
  }, 60_000);

  /** How many records of a topic a group is done with. */
  async function committed(groupId: string, topic: string): Promise<number> {
    const admin = new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    await admin.disconnect();
    return (offsets?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  }

  interface Consumed {
    key: string;
    value: Record<string, unknown>;
    headers: Record<string, string>;
  }

  /** Reads a topic from its beginning to its end with a client of its own. */
  async function everything(topic: string): Promise<Consumed[]> {
    const client = new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    const known = (await admin.listTopics()).includes(topic);
    const ends = known ? await admin.fetchTopicOffsets(topic) : [];
    await admin.disconnect();
    const missing = new Map(
      ends.flatMap(({ partition, low, high }) => (high === low ? [] : [[partition, BigInt(high)]])),
    );
    if (missing.size === 0) return [];
    const consumed: Consumed[] = [];
    const consumer = client.consumer({ groupId: `independent-${crypto.randomUUID()}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve) => {
      void consumer.run({
        eachMessage: async ({ partition, message }) => {
          consumed.push({
            key: String(message.key),
            value: JSON.parse(String(message.value)),
            headers: Object.fromEntries(
              Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
            ),
          });
          const end = missing.get(partition);
          if (end !== undefined && BigInt(message.offset) + 1n >= end) missing.delete(partition);
          if (missing.size === 0) resolve();
        },
      });
    });
    await consumer.disconnect();
    return consumed;
  }
});
