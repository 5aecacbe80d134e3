import type { SubscriptionResolvers } from '../generated/graphql.ts';
import type { PlayerSignal } from '../signalling/signalling.ts';
import type { ResolverDeps } from './deps.ts';
import { guardIterator, notFound } from './errors.ts';
import { toGraphqlSignal } from './signals.ts';

export function createSubscriptions({ playback, signalling, caller }: ResolverDeps): SubscriptionResolvers {
  return {
    playbackSignals: {
      subscribe: async (_, { sessionId }, context) => {
        const session = await playback.get(sessionId, caller(context));
        if (!session) throw notFound();
        return guardIterator(signalling.receive(session.id)) as never;
      },
      resolve: (signal: unknown) => toGraphqlSignal(signal as PlayerSignal),
    },
  };
}
