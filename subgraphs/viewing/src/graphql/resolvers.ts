import { badInput, type Identity, ids, requireIdentity } from '@giggityflix/platform';
import { GraphQLError, GraphQLScalarType } from 'graphql';
import type { Context } from '../context.ts';
import type { History, WatchProgress } from '../history/history.ts';
import type { ViewingMetrics } from '../metrics.ts';
import type { Acted, Created, Playback } from '../playback.ts';
import { MAX_POSITION_SECONDS } from '../rest/bodies.ts';
import type { Session } from '../sessions/session.ts';
import type { ActRequest } from '../sessions/store.ts';
import type { IceServer } from '../signalling/ice-servers.ts';
import type { Signalling } from '../signalling/signalling.ts';
import { answering, guardIterator } from './errors.ts';
import { parseSignal, toGraphqlSignal } from './signals.ts';

const MAX_PAGE = 100;

interface CreateInput {
  profileId: string;
  catalogId: string;
  deviceId: string;
  region?: string | null;
}

/** The GraphQL face of {@link Playback}. A caller acts for its own account only. */
export function createResolvers(deps: {
  playback: Playback;
  signalling: Signalling;
  history: History;
  metrics: ViewingMetrics;
  iceServers(session: Session): IceServer[];
  /** @throws GraphQLError RATE_LIMITED */
  limitUser(userId: string): void;
}) {
  const { playback, signalling, history, metrics } = deps;
  const caller = (context: Context): Identity => {
    const identity = requireIdentity(context);
    deps.limitUser(identity.userId);
    return identity;
  };
  const ownSession = async (context: Context, sessionId: string): Promise<Session> => {
    const session = await playback.get(sessionId, caller(context).userId);
    if (!session) throw notFound();
    return session;
  };
  const act =
    (action: ActRequest['action']) =>
    (_: unknown, args: { sessionId: string; positionSeconds?: number }, context: Context) =>
      answering(async () => {
        const { userId } = caller(context);
        if (args.positionSeconds !== undefined) checkPosition(args.positionSeconds);
        return {
          session: unwrap(await playback.act(args.sessionId, userId, action, args.positionSeconds), action),
        };
      });

  return {
    DateTime,
    Query: {
      concurrency: (_: unknown, _args: unknown, context: Context) =>
        answering(async () => {
          const { userId, limit, live } = await playback.concurrency(caller(context).userId);
          return {
            userId,
            activeStreamCount: live.length,
            maxConcurrentStreams: limit,
            activeSessions: live,
          };
        }),
      playbackSession: (_: unknown, args: { id: string }, context: Context) =>
        answering(() => playback.get(args.id, caller(context).userId)),
      continueWatching: (
        _: unknown,
        args: { first: number | null; profileId?: string | null },
        context: Context,
      ) =>
        answering(async () => {
          const first = args.first ?? 20;
          if (first < 1 || first > MAX_PAGE) throw badInput(`first must be 1 to ${MAX_PAGE}`);
          const { userId } = caller(context);
          return history.continueWatching({ userId, profileId: args.profileId ?? null, first });
        }),
    },
    Mutation: {
      createPlaybackSession: (_: unknown, args: { input: CreateInput }, context: Context) =>
        answering(async () => {
          const { userId } = caller(context);
          checkInput(args.input);
          const { region, ...wanted } = args.input;
          const created = await playback.create({ ...wanted, userId, region: region ?? null });
          return toResult(created, deps.iceServers);
        }),
      playbackHeartbeat: act('heartbeat'),
      pausePlayback: act('pause'),
      resumePlayback: act('resume'),
      stopPlayback: act('stop'),
      refreshPlaybackToken: (_: unknown, args: { token: string }, context: Context) =>
        answering(async () => {
          const playbackToken = await playback.refresh(args.token, caller(context).userId);
          if (playbackToken === null)
            throw new GraphQLError('the token cannot be refreshed', {
              extensions: { code: 'INVALID_TOKEN' },
            });
          return { playbackToken };
        }),
      sendPlaybackSignal: (_: unknown, args: { sessionId: string; signal: unknown }, context: Context) =>
        answering(async () => {
          const session = await ownSession(context, args.sessionId);
          if (session.status !== 'active' && session.status !== 'paused')
            throw notAllowed('signalling', session.status);
          const outcome = await signalling.send(session, parseSignal(args.signal));
          metrics.signals.inc({ outcome });
          if (outcome === 'no_peer')
            throw new GraphQLError('no peer has the film now', {
              extensions: { code: 'CONTENT_UNAVAILABLE' },
            });
          // A candidate for a peer that is gone is of no use, and no fault of the player's.
          return { accepted: outcome === 'sent' };
        }),
    },
    Subscription: {
      playbackSignals: {
        subscribe: (_: unknown, args: { sessionId: string }, context: Context) =>
          answering(async () => {
            const session = await ownSession(context, args.sessionId);
            return guardIterator(signalling.receive(session.id));
          }),
        resolve: toGraphqlSignal,
      },
    },
    PlaybackSession: {
      __resolveReference: (reference: { id: string }, context: Context) =>
        answering(() => playback.get(reference.id, requireIdentity(context).userId)),
      status: (session: Session) => session.status.toUpperCase(),
      startedAt: (session: Session) => new Date(session.startedAt),
      lastHeartbeatAt: (session: Session) => new Date(session.lastHeartbeatAt),
      positionSeconds: (session: Session) => session.position,
      file: (session: Session) => ({ __typename: 'MediaFile', catalogId: session.catalogId }),
    },
    WatchProgress: {
      file: (progress: WatchProgress) => ({ __typename: 'MediaFile', catalogId: progress.catalogId }),
      positionSeconds: (progress: WatchProgress) => progress.position,
    },
    TitleProgress: {
      positionSeconds: (progress: WatchProgress) => progress.position,
    },
    MediaFile: {
      __resolveReference: (reference: { catalogId: string }) => reference,
    },
    Title: {
      __resolveReference: (reference: object) => reference,
      progress: (
        title: { files?: { catalogId: string }[] },
        args: { profileId?: string | null },
        context: Context,
      ) =>
        answering(
          async () =>
            context.progress?.load(
              args.profileId ?? null,
              (title.files ?? []).map((file) => file.catalogId),
            ) ?? null,
        ),
    },
  };
}

const DateTime = new GraphQLScalarType({
  name: 'DateTime',
  serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
});

function toResult(created: Created, iceServers: (session: Session) => IceServer[]) {
  switch (created.outcome) {
    case 'created':
      return {
        __typename: 'PlaybackSessionCreated',
        session: created.session,
        playbackToken: created.playbackToken,
        iceServers: iceServers(created.session),
      };
    case 'limit_reached':
      return {
        __typename: 'ConcurrencyLimitReached',
        maxConcurrentStreams: created.limit,
        activeSessions: created.live,
      };
    case 'not_entitled':
      return { __typename: 'NotEntitled', message: created.reason };
    case 'unknown_content':
      return { __typename: 'ContentUnavailable', message: 'there is no such film' };
    case 'no_peer':
      return { __typename: 'ContentUnavailable', message: 'nobody has the film now' };
  }
}

function checkInput(input: CreateInput): void {
  for (const name of ['profileId', 'catalogId', 'deviceId'] as const) {
    const parsed = ids.opaqueId.safeParse(input[name]);
    if (!parsed.success) throw badInput(`input.${name}: ${parsed.error.issues[0]?.message}`);
  }
  if (input.region != null && !/^[A-Z]{2}$/.test(input.region))
    throw badInput('input.region: expected two capital letters, as ISO 3166-1 alpha-2 has them');
}

function checkPosition(position: number): void {
  if (!(position >= 0 && position <= MAX_POSITION_SECONDS))
    throw badInput(`positionSeconds must be 0 to ${MAX_POSITION_SECONDS}`);
}

function unwrap(acted: Acted, action: string): Session {
  if (acted.outcome === 'done') return acted.session;
  throw acted.outcome === 'not_found' ? notFound() : notAllowed(action, acted.status);
}

function notFound(): GraphQLError {
  return new GraphQLError('there is no such session', { extensions: { code: 'NOT_FOUND' } });
}

function notAllowed(action: string, status: Session['status']): GraphQLError {
  return new GraphQLError(`${action} is not allowed: the session is ${status}`, {
    extensions: { code: 'CONFLICT', status: status.toUpperCase() },
  });
}
