import {
  composeServices,
  explainStartFailure,
  type Logger,
  notReady,
  READY,
  type Readiness,
  type Service,
} from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { createApprovals } from './commands/approvals.ts';
import { createCommands } from './commands/commands.ts';
import { controlAddresses } from './control/address.ts';
import { createControlServer } from './control/server.ts';
import type { IndexLocation } from './data-dir/index-location.ts';
import { createRecovery } from './data-dir/recovery.ts';
import { createAnnouncements } from './edge/announcements.ts';
import { createEdgeClient } from './edge/client.ts';
import { createPlatformClock } from './edge/clock.ts';
import { loadIdentity } from './edge/identity.ts';
import { createPendingInvitation } from './edge/invitation.ts';
import { edgeTarget } from './edge/network.ts';
import { createOutbox } from './edge/outbox.ts';
import { createSender } from './edge/sender.ts';
import type { PeerConfig } from './environment.ts';
import { createHistory } from './history/history.ts';
import { createHoldingAnswers } from './holding/answers.ts';
import { createPageServer } from './http/server.ts';
import { openLibrary } from './library/library.ts';
import { createPortMapping } from './network/port-mapping.ts';
import { createOwner } from './owner/owner.ts';
import { deletionRule, withSettings } from './settings/effective.ts';
import { createSchedule } from './settings/schedule.ts';
import { createSettings, type SettingsStore } from './settings/settings.ts';
import { createSharing } from './sharing/sharing.ts';
import { createPeerMetrics } from './status/metrics.ts';
import { createMissing } from './status/missing.ts';
import { createStatus, type PeerStatus } from './status/status.ts';
import { listUnshared } from './status/unshared.ts';
import { createStreaming } from './streaming/index.ts';

export interface PeerDeps {
  logger: Logger;
}

export interface Peer extends Service {
  /** @throws Error while the daemon is not running. */
  status(): PeerStatus;
}

/**
 * The daemon: scans, announces, and serves what it announced. One runs on a data directory at a time, and returns from
 * a copy of its index while nobody is watching; see {@link createRecovery}.
 */
export function createPeer(config: PeerConfig, { logger }: PeerDeps): Peer {
  const settings = createSettings({ dataDir: config.peer.dataDir });
  const daemon = createRecovery(
    { dataDir: config.peer.dataDir },
    {
      compose: (index) =>
        composePeer(withSettings(config, settings.current()), {
          index,
          logger,
          settings,
          // After the answer to who changed them.
          onFolders: () => setImmediate(() => void daemon.restart()),
        }),
      isIdle: (running) => running.status().streams.active === 0,
      logger,
    },
  );
  return {
    start: daemon.start,
    stop: daemon.stop,
    ready: daemon.ready,
    status: () => daemon.current().status(),
  };
}

/** Builds the parts of a daemon and ties them together; the data directory is this process's by now. */
function composePeer(
  config: PeerConfig,
  deps: { index: IndexLocation; logger: Logger; settings: SettingsStore; onFolders: () => void },
): Service & { status(): PeerStatus } {
  const { index, logger, settings } = deps;
  const metrics = createMetrics('peer');
  const identity = loadIdentity({
    dataDir: config.peer.dataDir,
    peerId: config.peer.id,
  });
  const library = openLibrary(index.path);
  const outbox = createOutbox(library.database);
  const sender = createSender({
    outbox,
    sharedIds: library.sharedIds,
    onFirstWithheld: () => logger.warn(sender.withheld(), 'the edge takes no more files of one peer'),
  });
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
  const clock = createPlatformClock();
  const history = createHistory(library.database);
  const streaming = createStreaming(
    { ...config.webrtc, ffmpegPath: config.ffmpeg.path, ffprobePath: config.ffmpeg.probePath },
    {
      content: sharing.content,
      sendSignal: (signal) => edge.signal(signal),
      requestKeySet: () => edge.requestKeySet(),
      onSidecar: sharing.sidecars.take,
      logger: logger.child({ part: 'streaming' }),
      metrics,
      now: clock.now,
      onServed: history.add,
    },
  );
  const approvals = createApprovals({ dataDir: config.peer.dataDir });
  const commands = createCommands(
    { deletion: () => deletionRule(config, settings.current()) },
    {
      approvals,
      library,
      hashes: sharing.hashes,
      screenshots: sharing.screenshots,
      logger,
      onPictures: announcements.pictures,
      respond: announcements.response,
    },
  );
  const holding = createHoldingAnswers({
    content: sharing.content,
    send: (proof) => edge.prove(proof),
    logger,
  });
  const edge = createEdgeClient(config.edge, {
    identity,
    invitation: createPendingInvitation({ dataDir: config.peer.dataDir, given: config.edge.invitation }),
    target: () => edgeTarget(config.edge, config.peer.dataDir),
    sender,
    logger,
    clock,
    activeStreams: () => streaming.activeStreams(),
    onCommand: (command) => commands.handle(command),
    onHoldingChallenge: holding.handle,
    onSignal: (signal) => streaming.handleSignal(signal),
    onKeySet: (jwks) => streaming.setKeySet(jwks),
  });
  const schedule = createSchedule({
    settings: () => (config.given.bandwidth ? null : settings.current().bandwidth),
    byDefault: config.webrtc.maxBandwidthKbps,
    apply: (limitKbps) => streaming.setBandwidth(limitKbps),
  });
  const setPaused = (paused: boolean) => {
    streaming.setPaused(paused);
    edge.setPaused(paused);
  };
  const portMapping = createPortMapping({ enabled: config.upnp, ports: config.webrtc.ports }, { logger });

  const missing = createMissing(
    {
      dataDir: config.peer.dataDir,
      mediaDirs: config.media.dirs,
      indexProblem: index.problem,
      writeProblem: library.writeProblem,
      lastScan: sharing.lastScan,
      clockOffsetMs: clock.offsetMs,
      withheld: sender.withheld,
    },
    { logger },
  );
  const status = createStatus({
    config,
    identity,
    pageUrl: () => page.address().url,
    edge: () => ({ ...edge.status(), unacknowledged: sender.backlog() }),
    library,
    scan: sharing.status,
    activeStreams: () => streaming.activeStreams(),
    ports: portMapping.status,
    missing: () => [...missing.list(), ...sharing.sidecars.list()],
  });
  const owner = createOwner(config, {
    settings,
    library,
    approvals,
    history,
    logger,
    limitKbps: schedule.limit,
    folderProblems: () => sharing.lastScan()?.problems ?? [],
    decide: commands.decide,
    onBandwidth: schedule.look,
    onPaused: setPaused,
    onFolders: deps.onFolders,
    reconnect: edge.reconnect,
  });
  const page = createPageServer(config.http, {
    owner,
    logger,
    metrics,
    status,
    ready: () => service.ready(),
    viewers: () => streaming.viewers(),
    titles: (limit) => library.titles(limit),
    unshared: (limit) => listUnshared(library, limit),
  });
  const control = createControlServer(
    { addresses: controlAddresses(config.peer.dataDir) },
    {
      status,
      files: (options) => library.list(options),
      tagsOf: ({ catalogId }) => (catalogId ? library.media(catalogId)?.tags : undefined),
      describe() {
        sharing.describeAll();
        return library.sharedIds().length;
      },
      scan: sharing.scan,
      reconnect: edge.reconnect,
    },
  );
  createPeerMetrics(metrics, status);

  /** A part the daemon does without: when it cannot start, that is reported and sharing goes on. */
  const optional = (service: Service, { what, variable }: { what: string; variable: string }): Service => ({
    ...service,
    start: () =>
      service
        .start()
        .catch((error: unknown) => missing.add(`no ${what}: ${explainStartFailure(error)} (${variable})`)),
  });

  const service = composeServices({
    library: part({
      stop: () => library.close(),
      ready() {
        const problem = missing.storage();
        return problem === null ? READY : notReady(problem);
      },
    }),
    sharing,
    commands: part({ stop: () => commands.stop() }),
    holding: part({ stop: () => holding.stop() }),
    streaming,
    owner: {
      async start() {
        schedule.start();
        setPaused(settings.current().paused);
      },
      stop: async () => schedule.stop(),
      ready: () => READY,
    },
    portMapping,
    edge,
    control: optional(control, { what: 'answer to commands such as status', variable: 'DATA_DIR' }),
    page: optional(page, { what: 'status page', variable: 'HTTP_PORT' }),
  });
  return { ...service, status };
}

/** A part that has nothing to start. */
function part({ stop, ready = () => READY }: { stop: () => void; ready?: () => Readiness }): Service {
  return { start: async () => {}, stop: async () => stop(), ready };
}
