import {
  composeServices,
  explainStartFailure,
  type Logger,
  notReady,
  READY,
  type Service,
} from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { createCommands } from './commands/commands.ts';
import { controlAddresses } from './control/address.ts';
import { createControlServer } from './control/server.ts';
import { createAnnouncements } from './edge/announcements.ts';
import { createEdgeClient } from './edge/client.ts';
import { createPlatformClock } from './edge/clock.ts';
import { loadIdentity } from './edge/identity.ts';
import { createOutbox } from './edge/outbox.ts';
import { createSender } from './edge/sender.ts';
import type { PeerConfig } from './environment.ts';
import { createPageServer } from './http/server.ts';
import type { IndexLocation } from './library/index-location.ts';
import { openLibrary } from './library/library.ts';
import { createPortMapping } from './network/port-mapping.ts';
import { createSharing } from './sharing/sharing.ts';
import { createPeerMetrics } from './status/metrics.ts';
import { createMissing } from './status/missing.ts';
import { type PeerStatus, VERSION } from './status/status.ts';
import { createLibdatachannelConnectionInRange, createStreaming } from './streaming/index.ts';

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

  const announcements = createAnnouncements({ outbox, sender, logger });
  const sharing = createSharing(config, {
    library,
    indexPath: index.path,
    announcements,
    logger,
    onScanned: () => sender.libraryReady(),
    onMissing: (text) => missing.add(text),
  });
  const min = config.webrtc.ports[0];
  const max = config.webrtc.ports.at(-1);
  const clock = createPlatformClock();
  const streaming = createStreaming(
    { ...config.webrtc, ffmpegPath: config.ffmpeg.path, ffprobePath: config.ffmpeg.probePath },
    {
      content: sharing.content,
      sendSignal: (signal) => edge.signal(signal),
      requestKeySet: () => edge.requestKeySet(),
      logger: logger.child({ part: 'streaming' }),
      metrics,
      now: clock.now,
      ...(min && max ? { createConnection: createLibdatachannelConnectionInRange({ min, max }) } : {}),
    },
  );
  const commands = createCommands(
    { allowDelete: config.peer.allowRemoteDelete },
    {
      library,
      hashes: sharing.hashes,
      screenshots: sharing.screenshots,
      logger,
      onPictures: announcements.pictures,
      respond: announcements.response,
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
      lastScan: sharing.lastScan,
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
    scan: sharing.status(),
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
  const control = createControlServer(
    { addresses: controlAddresses(config.peer.dataDir) },
    {
      status,
      files: (options) => library.list(options),
      describe() {
        sharing.describeAll();
        return library.sharedIds().length;
      },
      scan: sharing.scan,
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

  const service = composeServices({
    library: {
      start: async () => {},
      stop: async () => library.close(),
      ready() {
        const problem = missing.storage();
        return problem === null ? READY : notReady(problem);
      },
    },
    sharing,
    commands: { start: async () => {}, stop: async () => commands.stop() },
    streaming,
    portMapping,
    edge,
    control: optional(control, 'answer to commands such as status', 'DATA_DIR'),
    page: optional(page, 'status page', 'HTTP_PORT'),
  });
  return { ...service, status };
}
