import { ids } from '@giggityflix/bus';
import { badInput, requireIdentity } from '@giggityflix/graphql';
import type { Resolvers } from '../generated/graphql.ts';
import type { ResolverDeps } from './deps.ts';
import { mediaFile } from './media-file.ts';
import { createMutations } from './mutations.ts';
import { createSubscriptions } from './subscriptions.ts';

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;

/** {@link Playback} over GraphQL. A caller acts for its own account only. */
export function createResolvers(deps: ResolverDeps): Resolvers {
  const { playback, history, caller } = deps;
  return {
    Query: {
      concurrency: async (_, _args, context) => {
        const { userId, limit, live } = await playback.concurrency(caller(context).userId);
        return {
          userId,
          activeStreamCount: live.length,
          maxConcurrentStreams: limit,
          activeSessions: live,
        };
      },
      playbackSession: async (_, { id }, context) => playback.get(id, caller(context).userId),
      continueWatching: async (_, { first, profileId }, context) => {
        const { userId } = caller(context);
        return history.continueWatching({
          userId,
          profileId: checkProfile(profileId),
          first: checkFirst(first),
        });
      },
    },
    Mutation: createMutations(deps),
    Subscription: createSubscriptions(deps),
    PlaybackSession: {
      __resolveReference: async ({ id }, context) => playback.get(id, requireIdentity(context).userId),
      status: (session) => STATUS[session.status],
      startedAt: (session) => new Date(session.startedAt).toISOString(),
      lastHeartbeatAt: (session) => new Date(session.lastHeartbeatAt).toISOString(),
      positionSeconds: (session) => session.position,
      file: (session) => mediaFile(session.catalogId),
    },
    WatchProgress: {
      file: (progress) => mediaFile(progress.catalogId),
      positionSeconds: (progress) => progress.position,
      updatedAt: (progress) => progress.updatedAt.toISOString(),
    },
    TitleProgress: {
      positionSeconds: (progress) => progress.position,
      updatedAt: (progress) => progress.updatedAt.toISOString(),
    },
    Title: {
      progress: async ({ files = [] }, { profileId }, context) => {
        const catalogIds = files.map(({ catalogId }) => catalogId);
        return context.progress?.load(checkProfile(profileId), catalogIds) ?? null;
      },
    },
  };
}

const STATUS = {
  active: 'ACTIVE',
  paused: 'PAUSED',
  stopped: 'STOPPED',
  terminated: 'TERMINATED',
  expired: 'EXPIRED',
} as const;

function checkFirst(first: number | null | undefined): number {
  const given = first ?? DEFAULT_PAGE;
  if (given < 1 || given > MAX_PAGE) throw badInput(`first must be 1 to ${MAX_PAGE}`);
  return given;
}

function checkProfile(profileId: string | null | undefined): string | null {
  if (profileId == null) return null;
  const parsed = ids.opaqueId.safeParse(profileId);
  if (!parsed.success) throw badInput(`profileId: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}
