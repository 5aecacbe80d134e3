import { badInput } from '@giggityflix/graphql';
import { isLimited } from '@giggityflix/http';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import type { Viewer } from '../access/viewer.ts';
import type { MutationResolvers, QueryResolvers } from '../generated/graphql.ts';
import { HistoryFull } from '../history/history.ts';
import { type WatchlistEntry, WatchlistFull } from '../watchlist/watchlist.ts';
import { checkCatalogIds, checkFirst, checkId, listProfile } from './arguments.ts';
import type { ResolverDeps } from './deps.ts';

const DEFAULT_PAGE = 50;
const MAX_CURSOR_LENGTH = 1_024;

/** What profiles keep to watch. */
export function createLists({ watchlist, checks, caller }: ResolverDeps): Pick<QueryResolvers, 'watchlist'> {
  return {
    watchlist: async (_, args, context) => {
      const viewer = caller(context);
      const owner = { userId: viewer.userId, profileId: listProfile(viewer, args.profileId) };
      const first = checkFirst(args.first, DEFAULT_PAGE);
      const after = args.after == null ? null : decodeCursor(args.after);
      const found = await watchlist.list(owner, { first: first + 1, after });
      const page = found.slice(0, first);
      const seen = isLimited(viewer.limits)
        ? await checks.allowed(
            page.map(({ catalogId }) => catalogId),
            viewer.limits,
          )
        : null;
      const last = page.at(-1);
      return {
        edges: page
          .filter(({ catalogId }) => seen?.has(catalogId) ?? true)
          .map((entry) => ({
            cursor: encodeCursor(entry),
            addedAt: entry.addedAt.toISOString(),
            node: entry,
          })),
        pageInfo: { hasNextPage: found.length > first, endCursor: last ? encodeCursor(last) : null },
      };
    },
  };
}

type ListMutations = Pick<
  MutationResolvers,
  'addToWatchlist' | 'removeFromWatchlist' | 'removeFromContinueWatching' | 'markWatched'
>;

export function createListMutations({ watchlist, history, checks, caller }: ResolverDeps): ListMutations {
  const ownerOf = (viewer: Viewer, profileId: string | null | undefined) => ({
    userId: viewer.userId,
    profileId: listProfile(viewer, profileId),
  });
  const progressIn = async (owner: ReturnType<typeof ownerOf>, ids: readonly string[], viewer: Viewer) => {
    const seen = await checks.allowed(ids, viewer.limits);
    return { progress: await history.progress({ ...owner, catalogIds: [...seen] }) };
  };
  return {
    addToWatchlist: async (_, { catalogId, profileId }, context) => {
      const owner = ownerOf(caller(context), profileId);
      const id = checkId(catalogId, 'catalogId');
      await limited(() => watchlist.add(owner, id, new Date()));
      return { keptCatalogIds: [id] };
    },
    removeFromWatchlist: async (_, { catalogIds, profileId }, context) => {
      const owner = ownerOf(caller(context), profileId);
      await watchlist.remove(owner, checkCatalogIds(catalogIds));
      return { keptCatalogIds: [] };
    },
    removeFromContinueWatching: async (_, { catalogIds, profileId }, context) => {
      const viewer = caller(context);
      const owner = ownerOf(viewer, profileId);
      const ids = checkCatalogIds(catalogIds);
      await history.hide({ ...owner, catalogIds: ids, at: new Date() });
      return progressIn(owner, ids, viewer);
    },
    markWatched: async (_, { catalogIds, watched, profileId }, context) => {
      const viewer = caller(context);
      const owner = ownerOf(viewer, profileId);
      const ids = checkCatalogIds(catalogIds);
      await limited(() => history.mark({ ...owner, catalogIds: ids, at: new Date() }, watched));
      return progressIn(owner, ids, viewer);
    },
  };
}

/** @throws GraphQLError LIMIT_REACHED */
async function limited(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof WatchlistFull || error instanceof HistoryFull)) throw error;
    throw new GraphQLError(error.message, { extensions: { code: 'LIMIT_REACHED' } });
  }
}

const place = z.tuple([z.iso.datetime(), z.string().min(1).max(256)]);

function encodeCursor({ addedAt, catalogId }: WatchlistEntry): string {
  return Buffer.from(JSON.stringify([addedAt.toISOString(), catalogId])).toString('base64url');
}

/** @throws GraphQLError BAD_USER_INPUT */
function decodeCursor(cursor: string): WatchlistEntry {
  try {
    if (cursor.length > MAX_CURSOR_LENGTH) throw new Error('too long');
    const [addedAt, catalogId] = place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { addedAt: new Date(addedAt), catalogId: checkId(catalogId, 'after') };
  } catch {
    throw badInput('after is not a cursor of this list');
  }
}
