import { type GraphQLClient, GraphQLRequestError } from '../ports/graphql.ts';
import type { Timers } from '../ports/timers.ts';
import {
  CREATE_OFFERED_SESSION,
  CREATE_SESSION,
  type CreatedSession,
  type CreateSessionResult,
  HEARTBEAT,
  PAUSE,
  RESUME,
  STOP,
} from './operations.ts';

/** The viewing service ends a session after a few of these without a heartbeat. */
const HEARTBEAT_INTERVAL_MS = 30_000;

/** Why a film cannot be played, in words for the viewer. */
export class PlaybackRefused extends Error {
  override readonly name = 'PlaybackRefused';
  readonly kind: 'ConcurrencyLimitReached' | 'NotEntitled' | 'ContentUnavailable';

  constructor(kind: PlaybackRefused['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Codes of a request that was refused before there was a session, by a server that does not know of offers in it or does not take
 * this one.
 */
const OFFER_REFUSED: ReadonlySet<string> = new Set([
  'BAD_USER_INPUT',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_IN_LIST',
]);

/** @throws PlaybackRefused, GraphQLRequestError */
export async function createPlaybackSession(
  graphql: GraphQLClient,
  {
    catalogId,
    deviceId,
    profileId = 'default',
    offer,
  }: {
    catalogId: string;
    deviceId: string;
    profileId?: string | undefined;
    /** The offer (SDP) for the first peer; the session is created without it where the server does not take it. */
    offer?: string | undefined;
  },
): Promise<CreatedSession> {
  const input = { catalogId, profileId, deviceId };
  const create = () => graphql.request<CreateSessionResult>(CREATE_SESSION, { input });
  const createOffered = (sdp: string) =>
    graphql
      .request<CreateSessionResult>(CREATE_OFFERED_SESSION, {
        input: { ...input, offer: { type: 'offer', sdp } },
      })
      .catch((error: unknown) => {
        if (error instanceof GraphQLRequestError && OFFER_REFUSED.has(error.code)) return create();
        throw error;
      });
  const { createPlaybackSession: result } = await (offer ? createOffered(offer) : create());
  switch (result.__typename) {
    case 'PlaybackSessionCreated':
      return result;
    case 'ConcurrencyLimitReached':
      throw new PlaybackRefused(
        result.__typename,
        `This account already plays on ${result.activeSessions.length} of ${result.maxConcurrentStreams} screens. Stop one of them to play here.`,
      );
    case 'NotEntitled':
      throw new PlaybackRefused(
        result.__typename,
        result.message || 'Your account does not include this film.',
      );
    case 'ContentUnavailable':
      throw new PlaybackRefused(result.__typename, 'Nobody who has this film is online right now.');
  }
}

/** Codes of heartbeats to a session that is over. */
const GONE: ReadonlySet<string> = new Set(['NOT_FOUND', 'CONFLICT']);

/** Reports to the viewing service how the playback proceeds. */
export interface SessionReporter {
  paused(): void;
  playing(): void;
  /** Ends the session. Its requests outlive the page, which may be closing; resolves once both are done. */
  stop(): Promise<void>;
}

export function reportSession(options: {
  graphql: GraphQLClient;
  timers: Timers;
  sessionId: string;
  position(): number;
  /** A heartbeat brought a new token. */
  onToken?(token: string): void;
  /** The session was ended by someone else, or expired; `status` as in `PlaybackStatus`, or `UNKNOWN`. */
  onEnded(status: string): void;
}): SessionReporter {
  const { sessionId, graphql, timers } = options;
  let stopped = false;
  let paused = false;
  const beat = async () => {
    try {
      const { playbackHeartbeat } = await graphql.request<{
        playbackHeartbeat: { session: { status: string }; playbackToken?: string | null };
      }>(HEARTBEAT, {
        sessionId,
        positionSeconds: options.position(),
      });
      const { playbackToken } = playbackHeartbeat;
      if (playbackToken && !stopped) options.onToken?.(playbackToken);
      const { status } = playbackHeartbeat.session;
      if (!['ACTIVE', 'PAUSED'].includes(status) && !stopped) options.onEnded(status);
    } catch (error) {
      // A server that does not answer now is asked again; the film plays on meanwhile.
      if (stopped || !(error instanceof GraphQLRequestError) || !GONE.has(error.code)) return;
      options.onEnded(error.status ?? (error.code === 'NOT_FOUND' ? 'EXPIRED' : 'UNKNOWN'));
    }
  };
  let cancel = () => {};
  const schedule = () => {
    cancel = timers.after(HEARTBEAT_INTERVAL_MS, () => {
      schedule();
      void beat();
    });
  };
  schedule();
  const report = (mutation: string) =>
    graphql.request(mutation, { sessionId }, { keepalive: true }).catch(() => {});
  return {
    paused() {
      if (stopped || paused) return;
      paused = true;
      void beat().then(() => report(PAUSE));
    },
    playing() {
      if (stopped || !paused) return;
      paused = false;
      void report(RESUME);
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      cancel();
      // Both at once: a page that is closing runs nothing after this.
      const last = graphql
        .request(HEARTBEAT, { sessionId, positionSeconds: options.position() }, { keepalive: true })
        .catch(() => {});
      await Promise.all([last, report(STOP)]);
    },
  };
}
