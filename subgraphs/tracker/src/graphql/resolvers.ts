import { badInput, requireIdentity } from '@giggityflix/graphql';
import type { Resolvers, SubscriptionResolvers } from '../generated/graphql.ts';
import { catalogId, catalogIdList } from './arguments.ts';
import { commandMutations } from './commands.ts';
import { type AvailabilityEvent, type MatchEvent, ownerChannel } from './events.ts';
import { MediaFile } from './media-file.ts';
import { Query, toPeer } from './queries.ts';
import { subscriptionMutations } from './subscriptions.ts';

const Subscription: SubscriptionResolvers = {
  catalogAvailabilityChanged: {
    subscribe(_parent, { catalogIds }, { availabilityEvents }) {
      if (catalogIds.length === 0) throw badInput('catalogIds is empty');
      const events = availabilityEvents.read(catalogIdList(catalogIds).map(catalogId));
      return map(events, (event: AvailabilityEvent) => ({
        catalogAvailabilityChanged: {
          ...event,
          isAvailable: event.peerCount > 0,
          file: { catalogId: event.catalogId },
        },
      }));
    },
  },
  catalogSubscriptionMatched: {
    subscribe(_parent, _args, context) {
      const { userId } = requireIdentity(context);
      const events = context.matchEvents.read([ownerChannel({ kind: 'user', id: userId })]);
      return map(events, (event: MatchEvent) => ({
        catalogSubscriptionMatched: { ...event, file: { catalogId: event.catalogId } },
      }));
    },
  },
};

export const resolvers: Resolvers = {
  Query,
  Mutation: { ...subscriptionMutations, ...commandMutations },
  Subscription,
  MediaFile,
  Peer: {
    async __resolveReference({ id }, context) {
      const { roles } = requireIdentity(context);
      if (!roles.includes('operator')) return null;
      const peer = await context.state.registry.peer(id);
      return peer && toPeer(peer);
    },
  },
};

/** An iterator over `source` that ends it when the client leaves, even while it waits for an event. */
function map<A, B>(source: AsyncIterableIterator<A>, convert: (event: A) => B): AsyncIterableIterator<B> {
  const step = (result: IteratorResult<A>): IteratorResult<B> =>
    result.done ? { done: true, value: undefined } : { done: false, value: convert(result.value) };
  const mapped: AsyncIterableIterator<B> = {
    [Symbol.asyncIterator]: () => mapped,
    next: async () => step(await source.next()),
    return: async () => {
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  return mapped;
}
