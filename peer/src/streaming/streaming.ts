import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { PlaybackSignal } from '@giggityflix/proto';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { SESSION_ENDED, SESSION_MOVED } from '@giggityflix/proto/lost-reasons';
import type { Registry } from '@giggityflix/telemetry';
import { ContentChangedError, type ContentSource, type SharedContent } from '../content/content-source.ts';
import { createFFmpegTools } from '../ffmpeg/tools.ts';
import type { ServedSession } from '../history/history.ts';
import type { SidecarReading } from '../metadata/outside.ts';
import { isOfOwnNetwork } from '../network/own-network.ts';
import { createRenditionOpener } from '../renditions/rendition-opener.ts';
import { createSubtitles } from '../subtitles/subtitles.ts';
import { createRtcConnector } from '../webrtc/connector.ts';
import { usableServers } from '../webrtc/ice-servers.ts';
import type { CreateRtcConnection } from '../webrtc/rtc.ts';
import { createBandwidth } from './bandwidth.ts';
import { DEFAULT_OPEN_TIMEOUT_MS, iceServersOf, type StreamingConfig, turnOf } from './config.ts';
import { createEndedSessions } from './ended-sessions.ts';
import { createStreamingMetrics } from './metrics.ts';
import { createViewerSession, type ViewerSession } from './session.ts';
import { createTokenVerifier } from './token-verifier.ts';

/** Longest offer read, in characters; a browser's is a few thousand. */
const MAX_SDP_LENGTH = 65_536;
/** Offers of one account that are not opened yet: as many as an account plays at once, by default. */
const MAX_UNOPENED_PER_ACCOUNT = 4;

export interface StreamingDeps {
  content: ContentSource;
  /** Carries a signal to the viewer of its session; lost signals are the viewer's to notice. */
  sendSignal(signal: PlaybackSignal): void;
  /** Asks the edge for the key set of playback tokens. */
  requestKeySet(): void;
  logger: Logger;
  metrics: Registry;
  /** Called for each file beside a film that was read for a viewer. */
  onSidecar?: (reading: SidecarReading) => void;
  /** Milliseconds since 1970; the platform's clock where it is known to be better than this machine's. */
  now?: () => number;
  createConnection?: CreateRtcConnection;
  /** Whether an address is another machine's in this one's own network. */
  isOfOwnNetwork?: (address: string) => boolean;
  /** Called when a viewer leaves that was served. */
  onServed?: (session: ServedSession) => void;
}

/** What the owner may be shown of a viewer. */
export interface ViewerStatus {
  sessionId: string;
  catalogId: string;
  since: Date;
  sentBytes: number;
  state: string;
}

/** Serves shared files to viewers over WebRTC. */
export interface Streaming extends Service {
  /** A signal from the edge: an offer begins a session or begins it anew. */
  handleSignal(signal: PlaybackSignal): void;
  /** A JSON Web Key Set as JSON; one that does not parse leaves the former in place. */
  setKeySet(jwks: string): void;
  /** Viewers whose token was accepted and who are still there. */
  activeStreams(): number;
  viewers(): ViewerStatus[];
  /** Most kilobits a second to all viewers together, from now on; 0 for no limit. */
  setBandwidth(limitKbps: number): void;
  /** Ends what is being watched, and takes no viewers until it is resumed. */
  setPaused(paused: boolean): void;
}

interface Entry {
  sessionId: string;
  session: ViewerSession;
  catalogId: string;
  /** Null where the platform did not name it. */
  account: string | null;
  sentBytes: number;
}

export function createStreaming(config: StreamingConfig, deps: StreamingDeps): Streaming {
  const { logger } = deps;
  const now = deps.now ?? Date.now;
  const sessions = new Map<string, Entry>();
  const tools = createFFmpegTools(config);
  const renditions = createRenditionOpener({ tools, maxConverting: config.maxRenditions });
  const subtitles = createSubtitles(tools, deps.onSidecar);
  const bandwidth = createBandwidth(config.maxBandwidthKbps === 0 ? null : config.maxBandwidthKbps * 1_000);
  const verifier = createTokenVerifier({
    jwtSecret: config.jwtSecret ?? null,
    jwtAcceptedSecret: config.jwtAcceptedSecret ?? null,
    requestKeySet: deps.requestKeySet,
    now,
  });
  const ended = createEndedSessions(now);
  const open = () => [...sessions.values()].filter(({ session }) => session.isOpen());
  const metrics = createStreamingMetrics(deps.metrics, {
    viewers: () => open().length,
    waiting: renditions.waiting,
  });
  const ofOwnNetwork = deps.isOfOwnNetwork ?? isOfOwnNetwork;
  const createConnection = deps.createConnection ?? createRtcConnector(config.ports ?? []);
  let stopped = false;
  let paused = false;

  const refuse = (signal: PlaybackSignal, reason: string) => {
    metrics.refusedOffers.inc({ reason });
    logger.info({ sessionId: signal.sessionId, reason }, 'refused an offer');
    reply(signal, { $case: 'lost', value: { reason } });
  };
  const reply = (to: PlaybackSignal, signal: PlaybackSignal['signal']) =>
    deps.sendSignal({ sessionId: to.sessionId, catalogId: to.catalogId, signal, iceServers: [] });

  const evict = ([oldest]: readonly Entry[], reason: string): boolean => {
    if (!oldest) return false;
    // At once: the place is the next offer's.
    sessions.delete(oldest.sessionId);
    void oldest.session.end(reason);
    return true;
  };
  /** Makes room for an offer; false when there is none. Offers that are not opened take no viewer's place. */
  const makeRoom = (account: string | null): boolean => {
    if (open().length >= config.maxStreams) return false;
    const unopened = [...sessions.values()].filter(({ session }) => !session.wasOpened());
    const byAccount = Map.groupBy(unopened, (entry) => entry.account);
    const own = byAccount.get(account) ?? [];
    if (account !== null && own.length >= MAX_UNOPENED_PER_ACCOUNT)
      return evict(own, 'a newer offer of the same account');
    if (unopened.length < config.maxStreams) return true;
    const [greediest = []] = [...byAccount.values()].sort((a, b) => b.length - a.length);
    return greediest.length > own.length + 1 && evict(greediest, 'an offer of another account');
  };

  const shared = (catalogId: string): SharedContent => {
    const content = deps.content.lookup(catalogId);
    if (!content) throw new ContentChangedError(`${catalogId} is no longer shared`);
    return content;
  };

  const begin = async (signal: PlaybackSignal, offerSdp: string) => {
    const { sessionId } = signal;
    const catalogId = signal.catalogId.toString('hex');
    const former = sessions.get(sessionId);
    if (ended.has(sessionId)) return refuse(signal, SESSION_ENDED);
    if (stopped) return refuse(signal, 'stopping');
    if (paused) return refuse(signal, 'paused');
    if (offerSdp.length > MAX_SDP_LENGTH) return refuse(signal, 'bad_offer');
    if (!deps.content.lookup(catalogId)) return refuse(signal, 'not_found');
    const account = signal.account ?? null;
    if (!former && !makeRoom(account)) return refuse(signal, 'busy');
    const own = renditions.forViewer(account);
    const log = logger.child({ sessionId, catalogId });
    const session = createViewerSession({
      sessionId,
      catalogId,
      verifier,
      bandwidth,
      now,
      createConnection,
      isUnlimited: (address) => !config.limitsOwnNetwork && ofOwnNetwork(address),
      iceServers: iceServersOf(config, signal.iceServers.map(iceServer)),
      openTimeoutMs: config.openTimeoutMs ?? DEFAULT_OPEN_TIMEOUT_MS,
      logger: log,
      async openRendition(request, signal, onQueued) {
        const content = deps.content.lookup(catalogId);
        if (!content) return { error: 'not_found', message: 'this peer does not share the file' };
        return own.open(content, request, signal, onQueued);
      },
      releaseRendition: own.release,
      conversions: async () => ((await tools()).ffmpegPath ? ['remux', 'transcode'] : []),
      subtitles: {
        list: (abort) => subtitles.list(shared(catalogId), abort),
        read: (track, format, abort) => subtitles.read(shared(catalogId), { track, format }, abort),
      },
      mayOpen: () => session.isOpen() || open().length < config.maxStreams,
      onAnswer: (sdp) => reply(signal, { $case: 'description', value: { type: 'answer', sdp } }),
      onCandidate: ({ candidate, sdpMid, sdpMLineIndex }) =>
        reply(signal, {
          $case: 'candidate',
          value: { candidate, sdpMid: sdpMid ?? undefined, sdpMLineIndex: sdpMLineIndex ?? undefined },
        }),
      onSent(bytes) {
        entry.sentBytes += bytes;
        metrics.sentBytes.inc(bytes);
      },
      onEnd(reason) {
        if (sessions.get(sessionId) === entry) sessions.delete(sessionId);
        metrics.sessions.inc({ outcome: session.wasOpened() ? 'served' : 'never_opened' });
        log.info({ reason, sentBytes: entry.sentBytes }, 'a viewer left');
        const { sentBytes } = entry;
        if (sentBytes > 0 && session.wasOpened())
          deps.onServed?.({
            sessionId,
            catalogId: catalogId as CatalogId,
            account,
            startedAt: session.startedAt,
            endedAt: Date.now(),
            sentBytes,
          });
      },
    });
    const entry: Entry = { sessionId, session, catalogId, account, sentBytes: 0 };
    sessions.set(sessionId, entry);
    await former?.session.end('a new offer of the same session');
    await session.accept(offerSdp);
  };

  return {
    async start() {
      const turn = turnOf(config);
      const unused = turn.urls.filter((url) => usableServers([{ ...turn, urls: [url] }]).length === 0);
      if (unused.length > 0)
        logger.warn(
          { servers: unused },
          'TURN servers that cannot be used: they need UDP, a name and a password',
        );
    },
    async stop() {
      stopped = true;
      await Promise.all([...sessions.values()].map(({ session }) => session.end('the daemon stops')));
      bandwidth.stop();
    },
    ready: () => READY,
    handleSignal(signal) {
      const entry = sessions.get(signal.sessionId);
      logger.debug({ sessionId: signal.sessionId, signal: signal.signal?.$case }, 'signal of a viewer');
      switch (signal.signal?.$case) {
        case 'description': {
          const { type, sdp } = signal.signal.value;
          if (type === 'offer')
            begin(signal, sdp).catch((error: unknown) =>
              logger.error({ err: error }, 'could not begin a session'),
            );
          return;
        }
        case 'candidate': {
          const { candidate, sdpMid, sdpMLineIndex } = signal.signal.value;
          void entry?.session.addCandidate({
            candidate,
            sdpMid: sdpMid ?? null,
            sdpMLineIndex: sdpMLineIndex ?? null,
          });
          return;
        }
        case 'lost': {
          const { reason } = signal.signal.value;
          if (reason === SESSION_ENDED) {
            ended.add(signal.sessionId, entry?.session.tokenEndsAtMs() ?? null);
            void entry?.session.revoke('the playback session has ended');
          } else if (reason === SESSION_MOVED)
            void entry?.session.revoke('another peer serves the playback session now');
          else void entry?.session.end('the viewer left');
        }
      }
    },
    setKeySet(jwks) {
      try {
        verifier.setKeySet(jwks);
      } catch (error) {
        logger.warn({ err: error }, 'the edge sent a key set that is not one');
      }
    },
    activeStreams: () => open().length,
    setBandwidth: (limitKbps) => bandwidth.setLimit(limitKbps === 0 ? null : limitKbps * 1_000),
    setPaused(next) {
      paused = next;
      if (paused)
        for (const { session } of sessions.values()) void session.end('the owner of the peer paused sharing');
    },
    viewers: () =>
      [...sessions].map(([sessionId, { session, catalogId, sentBytes }]) => ({
        sessionId,
        catalogId,
        since: new Date(session.startedAt),
        sentBytes,
        state: session.isOpen() ? session.state() : 'opening',
      })),
  };
}

function iceServer(server: { urls: string[]; username: string; credential: string }) {
  const { urls, username, credential } = server;
  return username === '' ? { urls } : { urls, username, credential };
}
