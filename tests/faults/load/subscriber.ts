import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Availability } from '../check/availability.ts';
import type { Subscriber, SubscriberEntry } from '../check/subscribers.ts';
import { AVAILABILITY, AVAILABILITY_CHANGED } from './operations.ts';

export interface LiveSubscriber extends Subscriber {
  readonly connections: number;
  close(): Promise<void>;
}

const RECONNECT_MS = 300;
const SNAPSHOT_MS = 2_000;

interface File extends Availability {
  readonly catalogId: string;
}

/** A client of graphql-ws that subscribes again whenever its connection or its subscription ends, and then asks what it may have missed. */
export function createSubscriber(options: {
  readonly name: string;
  readonly origin: string;
  readonly token: () => string;
  readonly catalogIds: readonly string[];
}): LiveSubscriber {
  const { name, origin, token, catalogIds } = options;
  const variables = { catalogIds };
  const entries: SubscriberEntry[] = [];
  let connections = 0;
  let closed = false;

  const live = createClient({
    url: `${origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: () => ({ authorization: `Bearer ${token()}` }),
    lazy: false,
    keepAlive: 5_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: () => wait(RECONNECT_MS),
    onNonLazyError: () => {},
  });
  // graphql-ws does not end a socket whose server no longer answers its pings.
  let unanswered: NodeJS.Timeout | undefined;
  live.on('ping', (received) => {
    if (received) return;
    unanswered = setTimeout(() => live.terminate(), 5_000);
  });
  live.on('pong', (received) => {
    if (received) clearTimeout(unanswered);
  });
  live.on('closed', () => clearTimeout(unanswered));
  live.on('connected', () => {
    connections += 1;
    entries.push({ kind: 'connected' });
    void snapshots();
  });
  const missed = () => {
    entries.push({ kind: 'missed' });
    void snapshots();
  };

  // The second is for the time until the subscription has reached the subgraph.
  const snapshots = async () => {
    const connection = connections;
    for (let taken = 0; taken < 2 && connection === connections && !closed; await wait(SNAPSHOT_MS)) {
      const files = await query();
      if (connection !== connections || !files) continue;
      entries.push({ kind: 'snapshot', files });
      taken += 1;
    }
  };
  const query = () =>
    new Promise<Map<string, Availability> | null>((resolve) => {
      live.subscribe<{ catalogAvailability: File[] }>(
        { query: AVAILABILITY, variables },
        {
          next: ({ data }) =>
            resolve(
              data?.catalogAvailability
                ? new Map(data.catalogAvailability.map((file) => [file.catalogId, file]))
                : null,
            ),
          error: () => resolve(null),
          complete: () => resolve(null),
        },
      );
    });
  const subscribe = () => {
    if (closed) return;
    const again = () =>
      void wait(RECONNECT_MS).then(() => {
        missed();
        subscribe();
      });
    live.subscribe<{ catalogAvailabilityChanged: File & { changedAt: string } }>(
      { query: AVAILABILITY_CHANGED, variables },
      {
        next({ data, extensions }) {
          if ((extensions as { mayHaveMissed?: boolean } | undefined)?.mayHaveMissed) missed();
          const event = data?.catalogAvailabilityChanged;
          if (event) entries.push({ kind: 'event', ...event });
        },
        error: again,
        complete: again,
      },
    );
  };
  subscribe();

  return {
    name,
    entries,
    get connections() {
      return connections;
    },
    async close() {
      closed = true;
      await Promise.resolve(live.dispose()).catch(() => {});
    },
  };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
