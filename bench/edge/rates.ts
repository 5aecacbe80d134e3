import { Kafka } from 'kafkajs';
import { type Body, connectEcho, connectPeer } from './peers.ts';
import type { BusKind } from './server.ts';
import { startServer } from './server-process.ts';

const STREAMS = 20;

/** Messages a stream may have unanswered, so that both sides are always busy and neither queues without end. */
const WINDOW = 100;

/** What a peer says when a film was added: one catalog update of five ids, 200 bytes. */
export const message: Body = {
  $case: 'catalogUpdate',
  value: {
    full: false,
    catalogIds: Array.from({ length: 5 }, (_, index) => Buffer.alloc(32, index)),
    removedCatalogIds: [],
    updateId: '',
    final: true,
  },
};

export interface Rate {
  perSecond: number;
  cpuMicros: number;
}

/** Keeps a window of messages under way on every stream until `total` have been answered. */
async function flood(
  total: number,
  open: (
    onAnswered: (upTo: number | null) => void,
  ) => Promise<{ send(sequence: number): void; close(): void }>,
): Promise<number> {
  const each = total / STREAMS;
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, async () => {
      let sent = 0;
      let answered = 0;
      let finish = () => {};
      const finished = new Promise<void>((resolve) => (finish = resolve));
      const fill = () => {
        while (sent < each && sent - answered < WINDOW) stream.send(++sent);
        if (answered >= each) finish();
      };
      const stream = await open((upTo) => {
        answered = upTo ?? answered + 1;
        fill();
      });
      return { fill, finished, stream };
    }),
  );
  const started = performance.now();
  for (const { fill } of streams) fill();
  await Promise.all(streams.map(({ finished }) => finished));
  const seconds = (performance.now() - started) / 1_000;
  for (const { stream } of streams) stream.close();
  return total / seconds;
}

/** Messages through the edge, on a bus of the kind given. */
export async function relayRate(bus: BusKind, total: number, busPath = ''): Promise<Rate> {
  const server = await startServer('edge', bus, busPath);
  const run = (count: number) =>
    flood(count, async (onAnswered) => {
      const peer = await connectPeer(server.port);
      peer.onMessage = (answer) => {
        if (answer.$case === 'acknowledgement') onAnswered(answer.value.sequence);
      };
      return { send: (sequence) => peer.send(message, sequence), close: peer.close };
    });
  return measured(server, run, total);
}

/** The same messages, sent back by a bare grpc-js server. */
export async function echoRate(total: number): Promise<Rate> {
  const server = await startServer('echo');
  const run = (count: number) =>
    flood(count, async (onAnswered) => {
      const echo = connectEcho(server.port, () => onAnswered(null));
      return { send: (sequence) => void echo.call.write({ sequence, message }), close: echo.close };
    });
  return measured(server, run, total);
}

async function measured(
  server: Awaited<ReturnType<typeof startServer>>,
  run: (count: number) => Promise<number>,
  total: number,
): Promise<Rate> {
  await run(total / 5);
  const before = await server.usage();
  const perSecond = await run(total);
  const after = await server.usage();
  await server.stop();
  return { perSecond, cpuMicros: ((after.cpuMs - before.cpuMs) * 1_000) / total };
}

/** Bare kafkajs: batches of 500 of the same record, headers too, acks of all replicas, one after the other. */
export async function bareKafkaRate(brokers: string[], total: number): Promise<number> {
  const kafka = new Kafka({ brokers, logLevel: 0 });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'bench.edge', numPartitions: 12 }] });
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const value = JSON.stringify({
    peer_id: 'gf1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    edge_id: 'edge-1',
    connection_id: '018f0000-0000-7000-8000-000000000000',
    catalog_ids: Array.from({ length: 5 }, () => '00'.repeat(32)),
    removed_catalog_ids: [],
    is_full_update: false,
    final: true,
    timestamp: new Date().toISOString(),
  });
  const headers = {
    ce_specversion: '1.0',
    ce_id: '018f0000-0000-7000-8000-000000000000',
    ce_type: 'peer.catalog.updated',
    ce_source: 'edge-1',
    ce_time: new Date().toISOString(),
    'content-type': 'application/json',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
  const send = () =>
    producer.send({
      topic: 'bench.edge',
      acks: -1,
      messages: Array.from({ length: 500 }, (_, index) => ({ key: `p${index % STREAMS}`, value, headers })),
    });
  await send();
  const started = performance.now();
  for (let sent = 0; sent < total; sent += 500) await send();
  const seconds = (performance.now() - started) / 1_000;
  await producer.disconnect();
  return total / seconds;
}
