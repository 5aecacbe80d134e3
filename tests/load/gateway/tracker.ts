import { createEventHub } from '@giggityflix/kernel';
import { startSubgraph } from '../../../gateway/testing/subgraph.ts';

const SCHEMA = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { nothing: String }
  type Subscription { availabilityChanged: Change! }
  type Change { catalogId: ID! peerCount: Int! sentAt: Float! padding: String! }`;
/** What makes an event as large as a reader likes. */
const PADDING = 'x'.repeat(10_000);

export interface Tracker {
  readonly url: string;
  /** Sends every subscriber an event with a number, and the time it was sent at. */
  emit(peerCount: number): void;
  stop(): Promise<void>;
}

/** A subgraph whose only use is to have events. */
export async function startTracker(): Promise<Tracker> {
  const hub = createEventHub<object>();
  const { url, stop } = await startSubgraph({
    name: 'tracker',
    sdl: SCHEMA,
    resolvers: {
      Subscription: {
        availabilityChanged: { subscribe: () => hub.read(['all']), resolve: (event: object) => event },
      },
    },
  });
  return {
    url,
    emit: (peerCount) =>
      hub.emit('all', { catalogId: 'f1', peerCount, sentAt: Date.now(), padding: PADDING }),
    async stop() {
      hub.close();
      await stop();
    },
  };
}
