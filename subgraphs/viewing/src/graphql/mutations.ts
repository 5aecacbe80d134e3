import { ids } from '@giggityflix/bus';
import { badInput } from '@giggityflix/graphql';
import { isLimited } from '@giggityflix/http';
import { GraphQLError } from 'graphql';
import type { Viewer } from '../access/viewer.ts';
import type {
  CreatePlaybackSessionInput,
  SourceProblem as GivenProblem,
  MutationResolvers,
  ResolversTypes,
  ResolversUnionTypes,
} from '../generated/graphql.ts';
import type { Created } from '../playback/playback.ts';
import { isLive, MAX_POSITION_SECONDS, type Session } from '../sessions/session.ts';
import { MAX_SOURCES, type SourceProblem } from '../signalling/negotiations.ts';
import type { LiveSignal, PlayerSignal } from '../signalling/signalling.ts';
import type { ResolverDeps } from './deps.ts';
import { notAllowed, notFound, ownProfile, unwrap } from './errors.ts';
import { parseSignal, toGraphqlSignal } from './signals.ts';

export function createMutations(deps: ResolverDeps): MutationResolvers {
  const { playback, signalling, metrics, caller, logger } = deps;
  const act =
    (action: 'pause' | 'resume' | 'stop'): NonNullable<MutationResolvers['pausePlayback']> =>
    async (_, { sessionId }, context) => ({
      session: unwrap(await playback.act(sessionId, caller(context), action), action),
    });
  /** What the peer has signalled that the offer went to; null where it went to none, and the player is to offer by itself. */
  const offerTo = async (session: Session, offer: LiveSignal): Promise<PlayerSignal[] | null> => {
    try {
      const outcome = await signalling.send(session, 0, offer);
      metrics.signals.inc({ outcome });
      await playback.endIfOver(session.id);
      return outcome === 'sent' ? await signalling.firstSignals(session.id) : null;
    } catch (error) {
      // The session is there and takes a slot: its player has to learn of it, and offers again.
      logger.warn(
        { err: error, sessionId: session.id },
        'an offer that came with the request for a session was not sent',
      );
      return null;
    }
  };
  return {
    createPlaybackSession: async (_, { input }, context) => {
      const viewer = caller(context);
      const profileId = ownProfile(viewer, input.profileId);
      if (profileId === null) throw badInput('input.profileId: expected the id of a profile');
      checkInput({ ...input, profileId });
      const { userId } = viewer;
      const { catalogId, deviceId, region = null } = input;
      const offer = input.offer ? parseSignal({ offer: input.offer }, 'input') : null;
      const created = await playback.create({ userId, profileId, catalogId, deviceId, region, viewer });
      const signals = offer && created.outcome === 'created' ? await offerTo(created.session, offer) : null;
      return toResult(created, deps, viewer, signals);
    },
    playbackHeartbeat: async (_, { sessionId, positionSeconds }, context) => {
      const viewer = caller(context);
      if (!(positionSeconds >= 0 && positionSeconds <= MAX_POSITION_SECONDS))
        throw badInput(`positionSeconds must be 0 to ${MAX_POSITION_SECONDS}`);
      const session = unwrap(
        await playback.act(sessionId, viewer, 'heartbeat', positionSeconds),
        'heartbeat',
      );
      return { session, playbackToken: await playback.renewToken(session) };
    },
    pausePlayback: act('pause'),
    resumePlayback: act('resume'),
    stopPlayback: act('stop'),
    refreshPlaybackToken: async (_, { token }, context) => {
      const playbackToken = await playback.refresh(token, caller(context));
      if (playbackToken === null)
        throw new GraphQLError('the token cannot be refreshed', { extensions: { code: 'INVALID_TOKEN' } });
      return { playbackToken };
    },
    sendPlaybackSignal: async (_, { sessionId, signal, source: given }, context) => {
      const viewer = caller(context);
      const parsed = parseSignal(signal);
      const source = checkSource(given ?? 0, deps.maxSources);
      const session = await playback.get(sessionId, viewer);
      if (!session) throw notFound();
      if (!isLive(session)) throw notAllowed('signalling', session.status);
      const outcome = await signalling.send(session, source, parsed);
      metrics.signals.inc({ outcome });
      // It may have ended meanwhile, before this peer was known to be one of its peers.
      if (parsed.kind === 'description') await playback.endIfOver(sessionId);
      // A source more than there are peers is usual, a session without any is not.
      if (outcome === 'no_peer' && source === 0)
        throw new GraphQLError('no peer has the film now', { extensions: { code: 'CONTENT_UNAVAILABLE' } });
      // A candidate for a peer that is lost is of no use, which is not the player's fault.
      return { accepted: outcome === 'sent' };
    },
    leavePlaybackSource: async (_, { sessionId, source, problem }, context) => {
      const viewer = caller(context);
      checkSource(source, MAX_SOURCES);
      const session = await playback.get(sessionId, viewer);
      if (!session) throw notFound();
      if (!isLive(session)) throw notAllowed('leaving a source', session.status);
      const said = problem ? PROBLEM[problem] : null;
      const peer = await signalling.leave(session, source, said);
      if (peer && said) await deps.reportSource({ session, peerId: peer.peerId, problem: said });
      return { left: peer !== null };
    },
  };
}

function toResult(
  created: Created,
  { iceServers, maxSources }: Pick<ResolverDeps, 'iceServers' | 'maxSources'>,
  { limits, profileId }: Viewer,
  signals: PlayerSignal[] | null,
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
        maxSources,
        offerAccepted: signals !== null,
        signals: (signals ?? []).map(toGraphqlSignal),
      };
    case 'limit_reached':
      return {
        __typename: 'ConcurrencyLimitReached',
        maxConcurrentStreams: created.limit,
        // Who is limited is shown what its own profile plays.
        activeSessions: isLimited(limits)
          ? created.live.filter((session) => session.profileId === profileId)
          : created.live,
      };
    case 'not_entitled':
      return { __typename: 'NotEntitled', message: created.reason };
    case 'unknown_content':
      return { __typename: 'ContentUnavailable', message: 'there is no such film' };
    case 'no_peer':
      return { __typename: 'ContentUnavailable', message: 'nobody has the film now' };
  }
}

const PROBLEM: Readonly<Record<GivenProblem, SourceProblem>> = {
  NOT_PROVEN: 'not_proven',
  STALLED: 'stalled',
  SLOW: 'slow',
};

function checkSource(source: number, count: number): number {
  if (source < 0 || source >= count) throw badInput(`source must be 0${count > 1 ? ` to ${count - 1}` : ''}`);
  return source;
}

function checkInput(input: CreatePlaybackSessionInput): void {
  for (const name of ['profileId', 'catalogId', 'deviceId'] as const) {
    const parsed = ids.opaqueId.safeParse(input[name]);
    if (!parsed.success) throw badInput(`input.${name}: ${parsed.error.issues[0]?.message}`);
  }
  if (input.region != null && !/^[A-Z]{2}$/.test(input.region))
    throw badInput('input.region: expected two capital letters, as ISO 3166-1 alpha-2 has them');
}
