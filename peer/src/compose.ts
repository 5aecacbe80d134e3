import {
  composeServices,
  createMetrics,
  explainStartFailure,
  type Logger,
  notReady,
  READY,
  type Service,
} from '@giggityflix/platform';
import { createCommands } from './commands/commands.ts';
import { createLibraryContentSource } from './content/library-content-source.ts';
import { controlAddresses } from './control/address.ts';
import { createControlServer } from './control/server.ts';
import { createEdgeClient } from './edge/client.ts';
import { createPlatformClock } from './edge/clock.ts';
import { loadIdentity } from './edge/identity.ts';
import { toMediaDescription } from './edge/messages.ts';
import { createOutbox } from './edge/outbox.ts';
import { createSender } from './edge/sender.ts';
import type { PeerConfig } from './environment.ts';
import { createHashPool } from './hashing/pool.ts';
import { createPageServer } from './http/server.ts';
import type { IndexLocation } from './library/index-location.ts';
import { createIngest } from './library/ingest.ts';
import { openLibrary } from './library/library.ts';
import { createRedescribe } from './library/redescribe.ts';
import type { Content } from './library/types.ts';
import { createDescriber, HEADERS_DEPTH } from './metadata/describe.ts';
import { createPeerMetrics } from './metrics.ts';
import { createMissing } from './missing.ts';
import { createPortMapping } from './network/port-mapping.ts';
import { createScanner, type Scanner } from './scan/scanner.ts';
import { createWalker } from './scan/walker.ts';
import { createAutomaticScreenshots } from './screenshots/automatic.ts';
import { createScreenshots, type Screenshot } from './screenshots/screenshots.ts';
import { type PeerStatus, VERSION } from './status.ts';
import { createStreaming, createWrtcConnectionInRange } from './streaming/index.ts';

/** Builds the parts of a daemon and ties them together; the data directory is this process's by now. */
export function composePeer(
  config: PeerConfig,
  index: IndexLocation,
  logger: Logger,
): Service & { status(): PeerStatus } {
  const startedAt = new Date();
  const metrics = createMetrics('peer');
  const identity = loadIdentity({
    dataDir: config.peer.dataDir,
    peerId: config.peer.id,
  });
  const library = openLibrary(index.path);
  const outbox = createOutbox(library.database);
  const sender = createSender({ outbox, sharedIds: library.sharedIds });
  library.onSharedChange((change) => sender.change(change));

  const hashes = createHashPool(config.hashing);
  const describer = createDescriber({
    extractMetadata: config.media.extractMetadata,
    ffprobePath: config.ffmpeg.probePath,
  });
  /** Called within a transaction: what is put into the outbox goes out when it has ended. */
  const onContent = (content: Content, name: string) => {
    outbox.put('description', content.catalogId, {
      $case: 'mediaDescription',
      value: toMediaDescription(content, name),
    });
    setImmediate(() => sender.pump());
  };
  const ingest = createIngest({
    library,
    hashes,
    logger,
    describer,
    onContent,
    onChanged: (keys) => scanner.resettle(keys),
    onIdle: () => automatic.pump(),
  });
  const redescribe = createRedescribe(
    { refreshMs: config.peer.describeAgainMs },
    { library, logger, describer, onContent },
  );
  library.onDescriptionDue(() => redescribe.pump());
  const rules = {
    roots: config.media.dirs,
    extensions: config.media.extensions,
    excludeDirs: config.media.excludeDirs,
  };
  const scanner: Scanner = createScanner(
    { rules, intervalMs: config.media.scanIntervalMs, watch: config.media.watch },
    {
      library,
      walker: createWalker({ databasePath: index.path, rules }),
      logger,
      onPending: () => ingest.pump(),
      onScanned: () => sender.libraryReady(),
    },
  );
  const content = createLibraryContentSource(
    { roots: config.media.dirs },
    { library, onChanged: (file) => void scanner.check([file.dir]) },
  );
  const min = config.webrtc.ports[0];
  const max = config.webrtc.ports.at(-1);
  const clock = createPlatformClock();
  const streaming = createStreaming(
    { ...config.webrtc, ffmpegPath: config.ffmpeg.path, ffprobePath: config.ffmpeg.probePath },
    {
      content,
      sendSignal: (signal) => edge.signal(signal),
      requestKeySet: () => edge.requestKeySet(),
      logger: logger.child({ part: 'streaming' }),
      metrics,
      now: clock.now,
      ...(min && max ? { createConnection: createWrtcConnectionInRange({ min, max }) } : {}),
    },
  );
  const sendPictures = (catalogId: string, pictures: Screenshot[]) => {
    for (const picture of pictures)
      outbox.put('artwork', `${catalogId}/${picture.index}`, {
        $case: 'artwork',
        value: { catalogId: Buffer.from(catalogId, 'hex'), ...picture },
      });
    setImmediate(() => sender.pump());
  };
  const screenshots = createScreenshots(
    {
      ffmpegPath: config.ffmpeg.path,
      dataDir: config.peer.dataDir,
      cacheBytes: config.screenshots.cacheBytes,
    },
    { content, logger },
  );
  const automatic = createAutomaticScreenshots(
    { count: config.screenshots.automatic },
    {
      database: library.database,
      screenshots,
      logger,
      isIdle: () => ingest.busy() === 0,
      onPictures: sendPictures,
    },
  );
  const commands = createCommands(
    { allowDelete: config.peer.allowRemoteDelete },
    {
      library,
      hashes,
      screenshots,
      logger,
      onPictures: sendPictures,
      respond(response) {
        try {
          outbox.put('command_response', response.requestId, { $case: 'commandResponse', value: response });
        } catch (error) {
          logger.error({ err: error, request_id: response.requestId }, 'an answer cannot be stored');
        }
        sender.pump();
      },
    },
  );
  const edge = createEdgeClient(config.edge, {
    identity,
    sender,
    logger,
    clock,
    activeStreams: () => streaming.activeStreams(),
    onCommand: (command) => commands.handle(command),
    onSignal: (signal) => streaming.handleSignal(signal),
    onKeySet: (jwks) => streaming.setKeySet(jwks),
  });
  const portMapping = createPortMapping({ enabled: config.upnp, ports: config.webrtc.ports }, { logger });

  const missing = createMissing(
    {
      dataDir: config.peer.dataDir,
      mediaDirs: config.media.dirs,
      indexProblem: index.problem,
      writeProblem: library.writeProblem,
      lastScan: scanner.lastReport,
      clockOffsetMs: clock.offsetMs,
    },
    { logger },
  );
  const status = (): PeerStatus => ({
    peerId: identity.peerId,
    version: VERSION,
    pid: process.pid,
    startedAt: startedAt.toISOString(),
    dataDir: config.peer.dataDir,
    mediaDirs: [...config.media.dirs],
    http: page.address().url || null,
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
    ports: portMapping.status(),
    missing: missing.list(),
  });
  const page = createPageServer(config.http, {
    logger,
    metrics,
    status,
    ready: () => service.ready(),
    viewers: () => streaming.viewers(),
    titles: (limit) => library.titles(limit),
  });
  /** Resolves once everything found has settled and been read. */
  async function caughtUp(): Promise<void> {
    do {
      await scanner.settled();
      await ingest.idle();
    } while (scanner.settling() > 0);
  }
  const control = createControlServer(
    { addresses: controlAddresses(config.peer.dataDir) },
    {
      status,
      files: (options) => library.list(options),
      describe() {
        redescribe.all();
        automatic.repeat();
        return library.sharedIds().length;
      },
      async scan({ wait }) {
        const report = await scanner.scan();
        if (wait) await caughtUp();
        return report;
      },
    },
  );
  createPeerMetrics(metrics, status);

  /** A part the daemon does without: that it cannot start is told, and no reason not to share. */
  const optional = (part: Service, what: string, variable: string): Service => ({
    ...part,
    async start() {
      await part.start().catch((error: unknown) => {
        const reason = explainStartFailure(error);
        missing.add(`no ${what}: ${reason} (${variable})`);
      });
    },
  });

  let firstScan: Promise<void> = Promise.resolve();
  const scanning: Service = {
    /** The first scan goes on in the background: a disk that is slow to answer must not hold up everything else. */
    async start() {
      library.onSharedChange(() => automatic.pump());
      firstScan = scanner
        .start()
        .then(() => redescribe.start())
        .catch((error: unknown) => logger.error({ err: error }, 'the first scan failed'));
      void screenshots.available().then((has) => {
        if (!has)
          missing.add(
            'FFmpeg is not installed: no screenshots, and no video made fit for browsers that cannot decode it (FFMPEG_PATH)',
          );
        automatic.pump();
      });
      void describer.depth.then((reached) => {
        if (reached === HEADERS_DEPTH)
          missing.add(
            'ffprobe is not installed: no chapters, and of some containers no codecs (FFPROBE_PATH)',
          );
      });
    },
    async stop() {
      commands.stop();
      ingest.stop();
      await scanner.stop();
      await firstScan;
      await hashes.stop();
      await Promise.all([ingest.settled(), automatic.stop(), redescribe.stop()]);
      library.close();
    },
    ready() {
      const problem = missing.storage();
      return problem === null ? READY : notReady(problem);
    },
  };
  const service = composeServices({
    scanning,
    streaming,
    portMapping,
    edge,
    control: optional(control, 'answer to commands such as status', 'DATA_DIR'),
    page: optional(page, 'status page', 'HTTP_PORT'),
  });
  return { ...service, status };
}
