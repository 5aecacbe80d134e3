import { requireIdentity, requireRole } from '@giggityflix/graphql';
import type { QueryResolvers } from '../generated/graphql.ts';
import { type Peer, peerCursor } from '../registry/registry.ts';
import { selectPlaybackPeer } from '../registry/selection.ts';
import { catalogIdList, cursor, isCatalogId, pageSize, peerId, toCursor } from './arguments.ts';
import { toSubscription } from './subscriptions.ts';

const PEER_CURSOR = /^[0-9a-f-]{36}:[A-Za-z0-9._~-]{1,128}$/;
const SUBSCRIPTION_CURSOR = /^[A-Za-z0-9_-]{64}$/;

export const Query: QueryResolvers = {
  async catalogAvailability(_parent, { catalogIds }, { counts, view }) {
    return Promise.all(
      catalogIdList(catalogIds).map(async (catalogId) => {
        const peerCount = isCatalogId(catalogId) ? await counts.load(catalogId) : 0;
        // Asked of the catalog, what is hidden would be waited for.
        const file = view === null || (await view.sees(catalogId)) ? { catalogId } : null;
        return { catalogId, peerCount, isAvailable: peerCount > 0, file };
      }),
    );
  },

  async peers(_parent, { first, after, state }, context) {
    requireRole(context, 'operator');
    const size = pageSize(first);
    const found = await context.state.registry.peers({
      first: size + 1,
      after: cursor(after, PEER_CURSOR),
      state: state ?? undefined,
    });
    const shown = found.slice(0, size);
    const edges = shown.map((peer) => ({ cursor: toCursor(peerCursor(peer)), node: toPeer(peer) }));
    return { edges, pageInfo: { hasNextPage: found.length > size, endCursor: edges.at(-1)?.cursor ?? null } };
  },

  async peer(_parent, { id }, context) {
    requireRole(context, 'operator');
    const found = await context.state.registry.peer(peerId(id));
    return found && toPeer(found);
  },

  async catalogSubscriptions(_parent, { first, after }, context) {
    const { userId } = requireIdentity(context);
    const size = pageSize(first ?? 50);
    const found = await context.state.subscriptions.list(
      { kind: 'user', id: userId },
      { first: size + 1, after: cursor(after, SUBSCRIPTION_CURSOR) },
    );
    const edges = found
      .slice(0, size)
      .map((node) => ({ cursor: toCursor(node.id), node: toSubscription(node) }));
    return { edges, pageInfo: { hasNextPage: found.length > size, endCursor: edges.at(-1)?.cursor ?? null } };
  },

  async playbackPeer(_parent, { catalogId, excludePeerIds }, context) {
    requireRole(context, 'service');
    catalogIdList([catalogId]);
    if (!isCatalogId(catalogId)) return null;
    const chosen = await selectPlaybackPeer(context.state.registry, {
      catalogId,
      excludePeerIds: catalogIdList(excludePeerIds ?? []),
    });
    return chosen && { peerId: chosen.peerId, edgeId: chosen.edgeId, connectionId: chosen.connectionId };
  },
};

/** What the fields of a peer are read from. */
export type PeerNode = ReturnType<typeof toPeer>;

export function toPeer(peer: Peer) {
  return {
    ...peer,
    connectedAt: new Date(peer.connectedAt).toISOString(),
    lastHeartbeatAt: new Date(peer.lastHeartbeatAt).toISOString(),
  };
}
