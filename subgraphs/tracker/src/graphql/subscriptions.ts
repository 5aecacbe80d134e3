import { badInput, requireIdentity, requireRole } from '@giggityflix/graphql';
import { GraphQLError } from 'graphql';
import { v7 as uuidv7 } from 'uuid';
import type { SubscriptionOwner } from '../availability/outbox.ts';
import type { Context } from '../context.ts';
import type { MutationResolvers } from '../generated/graphql.ts';
import {
  catalogIdOf,
  type StoredSubscription,
  subscriptionId,
  TooManySubscriptions,
} from '../subscriptions/subscriptions.ts';
import { catalogId, opaqueId } from './arguments.ts';

const HOUR_MS = 3_600_000;

export const subscriptionMutations: Pick<
  MutationResolvers,
  'subscribeToCatalog' | 'cancelCatalogSubscription'
> = {
  async subscribeToCatalog(_parent, { input }, context) {
    const owner = ownerOf(input.serviceId, context);
    const wanted = catalogId(input.catalogId);
    const { defaultHours, maxHours } = context.subscriptionTtl;
    const hours = input.ttlHours ?? defaultHours;
    if (!(hours > 0 && hours <= maxHours))
      throw badInput(`ttlHours is ${hours}, and must be more than 0 and at most ${maxHours}`);
    const createdAt = Date.now();
    const subscription: StoredSubscription = {
      id: subscriptionId(uuidv7(), wanted),
      catalogId: wanted,
      owner,
      createdAt,
      expiresAt: createdAt + Math.ceil(hours * HOUR_MS),
    };
    // What is hidden is answered as what is not known: neither is kept, so that no match and no list distinguishes them.
    if (context.view && !(await context.view.sees(wanted)))
      return { subscription: { ...toSubscription(subscription), file: null } };
    try {
      await context.state.subscriptions.subscribe(subscription);
    } catch (error) {
      if (!(error instanceof TooManySubscriptions)) throw error;
      throw new GraphQLError(error.message, { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } });
    }
    return { subscription: toSubscription(subscription) };
  },

  async cancelCatalogSubscription(_parent, { id }, context) {
    const { userId, roles } = requireIdentity(context);
    if (catalogIdOf(id) === null) return { cancelled: false };
    // Backends act for each other: what one of them subscribed any may cancel.
    const cancelled = await context.state.subscriptions.cancel(id, (owner) =>
      owner.kind === 'user' ? owner.id === userId : roles.includes('service'),
    );
    return { cancelled };
  },
};

function ownerOf(serviceId: string | null | undefined, context: Context): SubscriptionOwner {
  if (serviceId == null) return { kind: 'user', id: requireIdentity(context).userId };
  requireRole(context, 'service');
  return { kind: 'service', id: opaqueId('serviceId', serviceId) };
}

export function toSubscription({ id, catalogId, createdAt, expiresAt }: StoredSubscription) {
  return {
    id,
    catalogId,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    file: { catalogId },
  };
}
