import { badInput, requireIdentity } from '@giggityflix/graphql';
import { mapEvents } from '@giggityflix/kernel';
import type { Resolvers, SubscriptionResolvers } from '../generated/graphql.ts';
import { catalogId, catalogIdList } from './arguments.ts';
import { commandMutations } from './commands.ts';
import { type AvailabilityEvent, type MatchEvent, ownerChannel } from './events.ts';
import { seenEvents } from './limited.ts';
import { MediaFile } from './media-file.ts';
import { membershipMutations, membershipQueries, peerMembership } from './memberships.ts';
import { Query, toPeer } from './queries.ts';
import { subscriptionMutations } from './subscriptions.ts';

const Subscription: SubscriptionResolvers = {
  catalogAvailabilityChanged: {
    subscribe(_parent, { catalogIds }, { availabilityEvents, view, restored }) {
      if (catalogIds.length === 0) throw badInput('catalogIds is empty');
      const events = availabilityEvents.read(catalogIdList(catalogIds).map(catalogId), restored);
      return mapEvents(seenEvents(view, events), (event: AvailabilityEvent) => ({
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
      const events = context.matchEvents.read([ownerChannel({ kind: 'user', id: userId })], context.restored);
      return mapEvents(seenEvents(context.view, events), (event: MatchEvent) => ({
        catalogSubscriptionMatched: { ...event, file: { catalogId: event.catalogId } },
      }));
    },
  },
};

export const resolvers: Resolvers = {
  Query: { ...Query, ...membershipQueries },
  Mutation: { ...subscriptionMutations, ...commandMutations, ...membershipMutations },
  Subscription,
  MediaFile,
  Peer: {
    ...peerMembership,
    async __resolveReference({ id }, context) {
      const { roles } = requireIdentity(context);
      if (!roles.includes('operator')) return null;
      const peer = await context.state.registry.peer(id);
      return peer && toPeer(peer);
    },
  },
};
