import { requireIdentity } from '@giggityflix/graphql';
import { isLimited } from '@giggityflix/http';
import { type Viewer, viewerOf } from '../access/viewer.ts';
import type { Resolvers } from '../generated/graphql.ts';
import type { Session } from '../sessions/session.ts';
import { checkFirst, checkProfile, listProfile } from './arguments.ts';
import type { ResolverDeps } from './deps.ts';
import { ownProfile } from './errors.ts';
import { createListMutations, createLists } from './lists.ts';
import { mediaFile } from './media-file.ts';
import { createMutations } from './mutations.ts';
import { profile } from './profile.ts';
import { createSubscriptions } from './subscriptions.ts';

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;

/** {@link Playback} over GraphQL. A caller acts for its own account only. */
export function createResolvers(deps: ResolverDeps): Resolvers {
  const { playback, history, checks, caller } = deps;
  const continueWatching = async (viewer: Viewer, profileId: string | null, count: number) => {
    const isAny = !isLimited(viewer.limits);
    const { userId } = viewer;
    const begun = await history.continueWatching({ userId, profileId, first: isAny ? count : MAX_PAGE });
    if (isAny) return begun;
    const seen = await checks.allowed(
      begun.map(({ catalogId }) => catalogId),
      viewer.limits,
    );
    return begun.filter(({ catalogId }) => seen.has(catalogId)).slice(0, count);
  };
  return {
    Query: {
      concurrency: async (_, _args, context) => {
        const viewer = caller(context);
        const { userId, limit, live } = await playback.concurrency(viewer.userId);
        return {
          userId,
          activeStreamCount: live.length,
          maxConcurrentStreams: limit,
          activeSessions: ofViewer(live, viewer),
        };
      },
      playbackSession: async (_, { id }, context) => playback.get(id, caller(context)),
      continueWatching: async (_, { first, profileId }, context) => {
        const viewer = caller(context);
        const count = checkFirst(first, DEFAULT_PAGE);
        return continueWatching(viewer, ownProfile(viewer, checkProfile(profileId)), count);
      },
      ...createLists(deps),
    },
    Mutation: { ...createMutations(deps), ...createListMutations(deps) },
    Subscription: createSubscriptions(deps),
    PlaybackSession: {
      __resolveReference: async ({ id }, context) => playback.get(id, viewerOf(requireIdentity(context))),
      status: (session) => STATUS[session.status],
      startedAt: (session) => new Date(session.startedAt).toISOString(),
      lastHeartbeatAt: (session) => new Date(session.lastHeartbeatAt).toISOString(),
      positionSeconds: (session) => session.position,
      file: (session) => mediaFile(session.catalogId),
      profile: ({ profileId }) => profile(profileId),
    },
    WatchProgress: {
      file: (progress) => mediaFile(progress.catalogId),
      profile: ({ profileId }) => profile(profileId),
      positionSeconds: (progress) => progress.position,
      updatedAt: (progress) => progress.updatedAt.toISOString(),
    },
    WatchlistEntry: {
      file: ({ catalogId }) => mediaFile(catalogId),
    },
    Profile: {
      __resolveReference: async ({ id }) => profile(id),
      continueWatching: async ({ id }, { first }, context) => {
        const viewer = caller(context);
        return continueWatching(viewer, ownProfile(viewer, id), checkFirst(first, DEFAULT_PAGE));
      },
    },
    TitleProgress: {
      positionSeconds: (progress) => progress.position,
      updatedAt: (progress) => progress.updatedAt.toISOString(),
    },
    Title: {
      progress: async ({ files = [] }, { profileId }, context) => {
        const catalogIds = files.map(({ catalogId }) => catalogId);
        if (!context.progress) return null;
        const named = checkProfile(profileId);
        const meant = ownProfile(viewerOf(requireIdentity(context)), named);
        return context.progress.load(meant, catalogIds);
      },
      isInWatchlist: async ({ files = [] }, { profileId }, context) => {
        if (!context.watchlist) return null;
        const viewer = viewerOf(requireIdentity(context));
        const catalogIds = files.map(({ catalogId }) => catalogId);
        return context.watchlist.isKept(listProfile(viewer, profileId), catalogIds);
      },
    },
  };
}

/** Who is limited is shown what its own profile plays. */
function ofViewer(sessions: Session[], { limits, profileId }: Viewer): Session[] {
  return isLimited(limits) ? sessions.filter((session) => session.profileId === profileId) : sessions;
}

const STATUS = {
  active: 'ACTIVE',
  paused: 'PAUSED',
  stopped: 'STOPPED',
  terminated: 'TERMINATED',
  expired: 'EXPIRED',
} as const;
