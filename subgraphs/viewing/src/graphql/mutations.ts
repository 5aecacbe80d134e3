import { ids } from '@giggityflix/bus';
import { badInput } from '@giggityflix/graphql';
import { GraphQLError } from 'graphql';
import type {
  CreatePlaybackSessionInput,
  MutationResolvers,
  ResolversTypes,
  ResolversUnionTypes,
} from '../generated/graphql.ts';
import type { Created } from '../playback/playback.ts';
import { isLive, MAX_POSITION_SECONDS, type Session } from '../sessions/session.ts';
import type { IceServer } from '../signalling/ice-servers.ts';
import type { ResolverDeps } from './deps.ts';
import { notAllowed, notFound, unwrap } from './errors.ts';
import { parseSignal } from './signals.ts';

export function createMutations(deps: ResolverDeps): MutationResolvers {
  const { playback, signalling, metrics, caller } = deps;
  const act =
    (action: 'pause' | 'resume' | 'stop'): NonNullable<MutationResolvers['pausePlayback']> =>
    async (_, { sessionId }, context) => ({
      session: unwrap(await playback.act(sessionId, caller(context).userId, action), action),
    });
  return {
    createPlaybackSession: async (_, { input }, context) => {
      const { userId } = caller(context);
      checkInput(input);
      const { profileId, catalogId, deviceId, region = null } = input;
      return toResult(
        await playback.create({ userId, profileId, catalogId, deviceId, region }),
        deps.iceServers,
      );
    },
    playbackHeartbeat: async (_, { sessionId, positionSeconds }, context) => {
      const { userId } = caller(context);
      if (!(positionSeconds >= 0 && positionSeconds <= MAX_POSITION_SECONDS))
        throw badInput(`positionSeconds must be 0 to ${MAX_POSITION_SECONDS}`);
      const session = unwrap(
        await playback.act(sessionId, userId, 'heartbeat', positionSeconds),
        'heartbeat',
      );
      return { session, playbackToken: await playback.renewToken(session) };
    },
    pausePlayback: act('pause'),
    resumePlayback: act('resume'),
    stopPlayback: act('stop'),
    refreshPlaybackToken: async (_, { token }, context) => {
      const playbackToken = await playback.refresh(token, caller(context).userId);
      if (playbackToken === null)
        throw new GraphQLError('the token cannot be refreshed', { extensions: { code: 'INVALID_TOKEN' } });
      return { playbackToken };
    },
    sendPlaybackSignal: async (_, { sessionId, signal }, context) => {
      const { userId } = caller(context);
      const parsed = parseSignal(signal);
      const session = await playback.get(sessionId, userId);
      if (!session) throw notFound();
      if (!isLive(session)) throw notAllowed('signalling', session.status);
      const outcome = await signalling.send(session, parsed);
      metrics.signals.inc({ outcome });
      // It may have ended meanwhile, before this peer was known to be one of its peers.
      if (parsed.kind === 'description') await playback.endIfOver(sessionId);
      if (outcome === 'no_peer')
        throw new GraphQLError('no peer has the film now', { extensions: { code: 'CONTENT_UNAVAILABLE' } });
      // A candidate for a peer that is lost is of no use, which is not the player's fault.
      return { accepted: outcome === 'sent' };
    },
  };
}

function toResult(
  created: Created,
  iceServers: (session: Session) => IceServer[],
): ResolversUnionTypes<ResolversTypes>['CreatePlaybackSessionResult'] {
  switch (created.outcome) {
    case 'created':
      return {
        __typename: 'PlaybackSessionCreated',
        session: created.session,
        playbackToken: created.playbackToken,
        iceServers: iceServers(created.session).map(({ urls, username = null, credential = null }) => ({
          urls,
          username,
          credential,
        })),
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

function checkInput(input: CreatePlaybackSessionInput): void {
  for (const name of ['profileId', 'catalogId', 'deviceId'] as const) {
    const parsed = ids.opaqueId.safeParse(input[name]);
    if (!parsed.success) throw badInput(`input.${name}: ${parsed.error.issues[0]?.message}`);
  }
  if (input.region != null && !/^[A-Z]{2}$/.test(input.region))
    throw badInput('input.region: expected two capital letters, as ISO 3166-1 alpha-2 has them');
}
