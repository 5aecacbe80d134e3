import { GraphQLRequestError, request } from '../graphql.ts';
import {
  CREATE_SESSION,
  type CreatedSession,
  type CreateSessionResult,
  HEARTBEAT,
  PAUSE,
  RESUME,
  STOP,
} from '../operations.ts';

/** The viewing service lets a session end that has not been heard of for a few of these. */
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

/** @throws PlaybackRefused, GraphQLRequestError */
export async function createPlaybackSession(catalogId: string): Promise<CreatedSession> {
  const { createPlaybackSession: result } = await request<CreateSessionResult>(CREATE_SESSION, {
    input: { catalogId, profileId: 'default', deviceId: deviceId() },
  });
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

/** Tells the viewing service how the playing goes. */
export interface SessionReporter {
  paused(): void;
  playing(): void;
  /** The page may be closing: the message outlives it. */
  stop(): void;
}

export function reportSession(options: {
  sessionId: string;
  position(): number;
  /** The session has ended without being told to; `status` as in `PlaybackStatus`, or `UNKNOWN`. */
  onEnded(status: string): void;
}): SessionReporter {
  const { sessionId } = options;
  let stopped = false;
  let paused = false;
  const beat = async () => {
    try {
      const { playbackHeartbeat } = await request<{ playbackHeartbeat: { session: { status: string } } }>(
        HEARTBEAT,
        {
          sessionId,
          positionSeconds: options.position(),
        },
      );
      const { status } = playbackHeartbeat.session;
      if (!['ACTIVE', 'PAUSED'].includes(status) && !stopped) options.onEnded(status);
    } catch (error) {
      // A server that does not answer now is asked again; the film plays on meanwhile.
      if (stopped || !(error instanceof GraphQLRequestError) || !GONE.has(error.code)) return;
      options.onEnded(error.status ?? (error.code === 'NOT_FOUND' ? 'EXPIRED' : 'UNKNOWN'));
    }
  };
  const timer = setInterval(beat, HEARTBEAT_INTERVAL_MS);
  const tell = (mutation: string) => request(mutation, { sessionId }, { keepalive: true }).catch(() => {});
  return {
    paused() {
      if (stopped || paused) return;
      paused = true;
      void beat().then(() => tell(PAUSE));
    },
    playing() {
      if (stopped || !paused) return;
      paused = false;
      void tell(RESUME);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      // Both at once: a page that is closing runs nothing after this.
      request(HEARTBEAT, { sessionId, positionSeconds: options.position() }, { keepalive: true }).catch(
        () => {},
      );
      void tell(STOP);
    },
  };
}

function deviceId(): string {
  const KEY = 'giggityflix.device';
  let id = localStorage.getItem(KEY);
  if (!id) {
    id = `web-${crypto.randomUUID()}`;
    localStorage.setItem(KEY, id);
  }
  return id;
}
