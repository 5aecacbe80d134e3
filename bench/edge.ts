import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { on, resolveTopics } from '@giggityflix/platform';
import { CommandErrorCode, CommandType } from '@giggityflix/proto';
import { Kafka } from 'kafkajs';
import { openBus } from './edge/bus.ts';
import { type Body, connectEcho, connectPeer } from './edge/peers.ts';
import type { BusKind } from './edge/server.ts';
import { startServer } from './edge/server-process.ts';
import { type BenchRow, percentile, row } from './row.ts';

const STREAMS = 20;
const MESSAGES = 120_000;
const ROUNDS = 3;
/** Messages a stream may have unanswered, so that both sides are always busy and neither queues without end. */
const WINDOW = 100;
/** Enough that what a process allocates in steps does not show. */
const IDLE_STREAMS = 4_000;
const COMMANDS = 1_000;

/** What a peer says when a film was added: one catalog update of five ids, 200 bytes. */
const message: Body = {
  $case: 'catalogUpdate',
  value: {
    full: false,
    catalogIds: Array.from({ length: 5 }, (_, index) => Buffer.alloc(32, index)),
    removedCatalogIds: [],
    updateId: '',
    final: true,
  },
};

interface Rate {
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

async function relayRate(bus: BusKind, total: number, busPath = ''): Promise<Rate> {
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

async function echoRate(total: number): Promise<Rate> {
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

async function kilobytesPerStream(kind: 'edge' | 'echo'): Promise<{ resident: number; heap: number }> {
  const server = await startServer(kind);
  const open = async (): Promise<{ close(): void }> => {
    if (kind === 'edge') return connectPeer(server.port);
    const echo = connectEcho(server.port, () => {});
    await new Promise((resolve) => {
      echo.call.once('data', resolve);
      echo.call.write({ sequence: 0, message });
    });
    return echo;
  };
  const warm = await Promise.all(Array.from({ length: 100 }, open));
  const before = await server.usage();
  const held = [];
  for (let count = 0; count < IDLE_STREAMS; count += 100)
    held.push(...(await Promise.all(Array.from({ length: 100 }, open))));
  // The first question collects garbage, the second finds what that returned to the system.
  await server.usage();
  const after = await server.usage();
  for (const stream of [...warm, ...held]) stream.close();
  await server.stop();
  return {
    resident: (after.rssBytes - before.rssBytes) / IDLE_STREAMS / 1_024,
    heap: (after.heapBytes - before.heapBytes) / IDLE_STREAMS / 1_024,
  };
}

/** Command on the bus → peer → answer on the bus, through the embedded bus or Kafka. */
async function roundTrips(bus: 'embedded' | 'kafka', busPath: string): Promise<number[]> {
  const server = await startServer('edge', bus, busPath);
  const topics = resolveTopics({});
  const client = openBus(bus, busPath, 'bench');
  await client.start();
  const waiting = new Map<string, () => void>();
  await client.consume({
    groupId: `bench-${Date.now()}`,
    routes: [on(topics.fileHashResponses, ({ value }) => waiting.get(value.request_id)?.())],
  });
  const peer = await connectPeer(server.port);
  let sequence = 0;
  peer.onMessage = (received) => {
    if (received.$case !== 'command') return;
    const { requestId, catalogId } = received.value;
    const type = CommandType.COMMAND_TYPE_FILE_HASH;
    const value = {
      requestId,
      type,
      catalogId,
      success: true,
      error: '',
      errorCode: CommandErrorCode.COMMAND_ERROR_CODE_UNSPECIFIED,
      result: {},
    };
    peer.send({ $case: 'commandResponse', value }, ++sequence);
  };
  const samples: number[] = [];
  for (let count = 0; count < COMMANDS; count++) {
    const requestId = `r-${count}`;
    const started = performance.now();
    const answered = new Promise<void>((resolve) => waiting.set(requestId, resolve));
    await client.publish({
      topic: topics.edgeCommands('edge-1'),
      key: peer.peerId,
      value: {
        type: 'file_hash',
        request_id: requestId,
        peer_id: peer.peerId,
        expires_at: new Date(Date.now() + 60_000).toISOString(),
        parameters: { catalog_id: '00'.repeat(32) },
      },
    });
    await answered;
    waiting.delete(requestId);
    samples.push(performance.now() - started);
  }
  peer.close();
  await client.stop();
  await server.stop();
  return samples.slice(COMMANDS / 10);
}

/** Bare kafkajs: batches of 500 of the same record, headers too, acks of all replicas, one after the other. */
async function bareKafkaRate(brokers: string[], total: number): Promise<number> {
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

/** Runs measurements in turn and keeps the best of each: what else the machine does then harms all alike. */
async function bestOf<const M extends readonly (() => Promise<Rate>)[]>(
  rounds: number,
  measurements: M,
): Promise<{ [K in keyof M]: Rate }> {
  const best = measurements.map((): Rate => ({ perSecond: 0, cpuMicros: Number.POSITIVE_INFINITY }));
  for (let round = 0; round < rounds; round++)
    for (const [index, measure] of measurements.entries()) {
      const { perSecond, cpuMicros } = await measure();
      const kept = best[index] as Rate;
      kept.perSecond = Math.max(kept.perSecond, perSecond);
      kept.cpuMicros = Math.min(kept.cpuMicros, cpuMicros);
    }
  return best as { [K in keyof M]: Rate };
}

export default async function run(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-edge-'));
  const rows: BenchRow[] = [];
  try {
    const [echo, relay] = await bestOf(ROUNDS, [
      () => echoRate(MESSAGES / ROUNDS),
      () => relayRate('none', MESSAGES / ROUNDS),
    ]);
    const bare = 'bare grpc-js echo';
    rows.push(
      row('relayed, no-op bus', 'messages/s', relay.perSecond, { name: bare, value: echo.perSecond }),
    );
    rows.push(row('CPU, no-op bus', 'µs/message', relay.cpuMicros, { name: bare, value: echo.cpuMicros }));
    const embedded = await relayRate('embedded', MESSAGES / 5, join(directory, 'relay.db'));
    rows.push(
      row('relayed, embedded bus', 'messages/s', embedded.perSecond, { name: bare, value: echo.perSecond }),
    );
    const held = await kilobytesPerStream('edge');
    const bareHeld = await kilobytesPerStream('echo');
    const idle = 'bare grpc-js, same streams';
    rows.push(row('idle stream, resident', 'kB', held.resident, { name: idle, value: bareHeld.resident }));
    rows.push(row('idle stream, heap', 'kB', held.heap, { name: idle, value: bareHeld.heap }));
    const trips = await roundTrips('embedded', join(directory, 'trips.db'));
    rows.push(row('command round trip p50, embedded bus', 'ms', percentile(trips, 50)));
    rows.push(row('command round trip p99, embedded bus', 'ms', percentile(trips, 99)));

    const brokers = process.env.KAFKA_BOOTSTRAP_SERVERS?.split(',');
    if (brokers) {
      const kafka = await relayRate('kafka', MESSAGES / 5);
      const produced = await bareKafkaRate(brokers, MESSAGES / 5);
      rows.push(
        row('relayed, Kafka', 'messages/s', kafka.perSecond, {
          name: 'bare kafkajs, batches of 500',
          value: produced,
        }),
      );
      const kafkaTrips = await roundTrips('kafka', '');
      rows.push(row('command round trip p50, Kafka', 'ms', percentile(kafkaTrips, 50)));
      rows.push(row('command round trip p99, Kafka', 'ms', percentile(kafkaTrips, 99)));
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  return rows;
}
