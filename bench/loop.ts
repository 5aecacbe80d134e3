/** The loop: from a file that a peer describes and announces over gRPC to the event at a subscriber of the gateway. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { descriptionToMessage } from '@giggityflix/proto';
import { mediaDescription } from '@giggityflix/proto/media-file';
import { createGraphQLClient, kafkaJars, startKafka } from '@giggityflix/testing/processes';
import { type Body, connectPeer } from './edge/peers.ts';
import { bareHops } from './loop/hops.ts';
import { startLoop } from './loop/installation.ts';
import { type BenchRow, percentile, row } from './row.ts';

const SAMPLES = 300;
/** What the first files take is not counted: connections and code are not warm yet. */
const WARM_UP = 50;
/** A file's way through the bus: the edge's record, the tracker's outbox, and one for the description. */
const HOPS = 3;
/** Between two files, so that each has the bus for itself. */
const PAUSE_MS = 10;
/** The least that a timer waits. */
const POLL_MS = 1;

export default async function bench(): Promise<BenchRow[]> {
  const embedded = await measure(null);
  const rows = [
    row('embedded: described to subscriber, p50', 'ms', percentile(embedded, 50)),
    row('embedded: described to subscriber, p99', 'ms', percentile(embedded, 99)),
  ];
  if (!kafkaJars()) {
    console.error('no Kafka: run npm run setup:system');
    return rows;
  }
  const server = await startKafka('java');
  try {
    const { bootstrapServers } = server;
    const before = await bareHops({ bootstrapServers, samples: SAMPLES });
    const onKafka = await measure(bootstrapServers);
    const hops = [...before, ...(await bareHops({ bootstrapServers, samples: SAMPLES }))];
    for (const p of [50, 99])
      rows.push(
        row(`Kafka: described to subscriber, p${p}`, 'ms', percentile(onKafka, p), {
          name: `${HOPS} hops of bare kafkajs, p${p}`,
          value: HOPS * percentile(hops, p),
        }),
      );
  } finally {
    await server.stop();
  }
  return rows;
}

/** Milliseconds of each file's way. */
async function measure(bootstrapServers: string | null): Promise<number[]> {
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-loop-'));
  const installation = await startLoop(directory, bootstrapServers);
  const subscriber = createGraphQLClient(installation.gatewayUrl);
  try {
    const peer = await connectPeer(installation.grpcPort);
    let sequence = 0;
    const say = (message: Body) => {
      sequence += 1;
      peer.send(message, sequence);
    };
    say({
      $case: 'catalogUpdate',
      value: { full: true, catalogIds: [], removedCatalogIds: [], updateId: '', final: true },
    });
    const catalogIds = Array.from({ length: SAMPLES }, () => randomBytes(32).toString('hex'));
    const { events } = await subscriber.subscribe('CatalogAvailability', { catalogIds });
    const ways: number[] = [];
    for (const [index, catalogId] of catalogIds.entries()) {
      const startedAt = performance.now();
      say({ $case: 'mediaDescription', value: describeFile(catalogId, index) });
      say({
        $case: 'catalogUpdate',
        value: {
          full: false,
          catalogIds: [Buffer.from(catalogId, 'hex')],
          removedCatalogIds: [],
          updateId: '',
          final: true,
        },
      });
      while (events.length <= index) {
        if (performance.now() - startedAt > 30_000)
          throw new Error(`no event of file ${index}:\n${installation.output()}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      ways.push(performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    peer.close();
    return ways.slice(WARM_UP);
  } finally {
    await subscriber.close();
    await installation.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function describeFile(catalogId: string, index: number) {
  const description = mediaDescription.parse({
    catalogId,
    name: `Film ${index} (2001).mp4`,
    sizeBytes: 1_000_000,
    hashes: {},
    container: 'mp4',
    mimeType: 'video/mp4',
    videoCodec: 'h264',
    audioCodec: 'aac',
    durationSeconds: 60,
    width: 640,
    height: 360,
    language: null,
    title: `Film ${index}`,
    year: 2001,
    season: null,
    episode: null,
    kind: 'MOVIE',
    chapters: [],
    tracks: [],
    details: null,
  });
  return descriptionToMessage(description);
}
