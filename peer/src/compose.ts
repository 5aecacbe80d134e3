import { join } from 'node:path';
import {
  composeServices,
  createMetrics,
  type Logger,
  type Readiness,
  type Service,
} from '@giggityflix/platform';
import { createLibraryContentSource } from './content/library-content-source.ts';
import { controlAddress } from './control/address.ts';
import { createControlServer } from './control/server.ts';
import { createEdgeClient } from './edge/client.ts';
import { loadIdentity } from './edge/identity.ts';
import { toMediaDescription } from './edge/messages.ts';
import { createOutbox } from './edge/outbox.ts';
import { createSender } from './edge/sender.ts';
import type { PeerConfig } from './environment.ts';
import { createHashPool } from './hashing/pool.ts';
import { createIngest } from './library/ingest.ts';
import { openLibrary } from './library/library.ts';
import { createScanner, type Scanner } from './scan/scanner.ts';
import { createWalker } from './scan/walker.ts';
import { type PeerStatus, VERSION } from './status.ts';
import { createStreaming } from './streaming/index.ts';

export const INDEX_FILE = 'index.sqlite';

/** Builds the parts of a daemon and ties them together; the data directory is this process's by now. */
export function composePeer(config: PeerConfig, logger: Logger): Service & { status(): PeerStatus } {
  const startedAt = new Date();
  const metrics = createMetrics('peer');
  const identity = loadIdentity({
    dataDir: config.peer.dataDir,
    peerId: config.peer.id,
    autoGenerateId: config.peer.autoGenerateId,
  });
  const databasePath = join(config.peer.dataDir, INDEX_FILE);
  const library = openLibrary(databasePath);
  const outbox = createOutbox(library.database);
  const sender = createSender({ outbox, sharedIds: library.sharedIds });
  library.onSharedChange((change) => sender.change(change));

  const hashes = createHashPool(config.hashing);
  const ingest = createIngest(
    { extractMetadata: config.media.extractMetadata, ffprobePath: config.ffmpeg.probePath },
    {
      library,
      hashes,
      logger,
      onContent: (content, name) =>
        outbox.put('description', content.catalogId, {
          $case: 'mediaDescription',
          value: toMediaDescription(content, name),
        }),
      onChanged: (keys) => scanner.resettle(keys),
    },
  );
  const rules = {
    roots: config.media.dirs,
    extensions: config.media.extensions,
    excludeDirs: config.media.excludeDirs,
  };
  const scanner: Scanner = createScanner(
    { rules, intervalMs: config.media.scanIntervalMs, watch: config.media.watch },
    { library, walker: createWalker({ databasePath, rules }), logger, onPending: () => ingest.pump() },
  );
  const content = createLibraryContentSource(
    { roots: config.media.dirs },
    { library, onChanged: (file) => void scanner.check([file.dir]) },
  );
  const streaming = createStreaming(
    { ...config.webrtc, ffmpegPath: config.ffmpeg.path },
    {
      content,
      sendSignal: (signal) => edge.signal(signal),
      requestKeySet: () => edge.requestKeySet(),
      logger: logger.child({ part: 'streaming' }),
      metrics,
    },
  );
  const edge = createEdgeClient(config.edge, {
    identity,
    sender,
    logger,
    activeStreams: () => streaming.activeStreams(),
    onCommand: () => {},
    onSignal: (signal) => streaming.handleSignal(signal),
    onKeySet: (jwks) => streaming.setKeySet(jwks),
  });

  const status = (): PeerStatus => ({
    peerId: identity.peerId,
    version: VERSION,
    pid: process.pid,
    startedAt: startedAt.toISOString(),
    dataDir: config.peer.dataDir,
    mediaDirs: [...config.media.dirs],
    http: null,
    edge: { ...edge.status(), unacknowledged: sender.backlog() },
    library: library.counts(),
    scan: {
      scanning: scanner.scanning(),
      hashing: ingest.busy(),
      settling: scanner.settling(),
      bytesHashed: hashes.bytesRead(),
      watching: scanner.watchesEverything(),
      last: scanner.lastReport(),
    },
    streams: { active: streaming.activeStreams() },
    missing: [],
  });
  const control = createControlServer(
    { address: controlAddress(config.peer.dataDir) },
    {
      status,
      files: (options) => library.list(options),
      async scan({ wait }) {
        const report = await scanner.scan();
        if (wait) await ingest.idle();
        return report;
      },
    },
  );

  let firstScan: Promise<void> = Promise.resolve();
  const scanning: Service = {
    /** The first scan goes on in the background: a disk that is slow to answer must not hold up everything else. */
    async start() {
      firstScan = scanner
        .start()
        .then(() => sender.libraryReady())
        .catch((error: unknown) => logger.error({ err: error }, 'the first scan failed'));
    },
    async stop() {
      ingest.stop();
      await scanner.stop();
      await firstScan;
      await hashes.stop();
      await ingest.settled();
      library.close();
    },
    ready: (): Readiness => ({ ready: true }),
  };
  const service = composeServices([scanning, streaming, edge, control]);
  return { ...service, status };
}
