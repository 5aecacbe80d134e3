import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const AVAILABILITY = `subscription CatalogAvailability($catalogIds: [ID!]!) {
  catalogAvailabilityChanged(catalogIds: $catalogIds) { catalogId isAvailable peerCount file { title { name } } }
}`;
/** A connection carries so many subscriptions before another takes its place, as viewers come and go. */
const PER_CONNECTION = 20;

export interface Subscriptions {
  /** Opens a subscription of its own or a shared connection's, sees that the gateway has it, and closes it. */
  openAndClose(catalogIds: readonly string[]): Promise<void>;
  /** The same over server-sent events. */
  openAndCloseStream(catalogIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export function createSubscriptions(gatewayPort: number): Subscriptions {
  const connect = () =>
    createClient({
      url: `ws://127.0.0.1:${gatewayPort}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 0,
      // The requests that fail with the connection say so.
      onNonLazyError() {},
    });
  let connection = connect();
  let used = 0;
  return {
    async openAndClose(catalogIds) {
      if (used === PER_CONNECTION) {
        // Those still open on it end with it, as when a viewer closes the page.
        void connection.dispose();
        connection = connect();
        used = 0;
      }
      used += 1;
      const client = connection;
      const end = client.subscribe(
        { query: AVAILABILITY, variables: { catalogIds } },
        { next() {}, error() {}, complete() {} },
      );
      // A query answered on the same socket shows that the gateway has read the subscription before it.
      await new Promise<void>((resolve) => {
        client.subscribe(
          { query: '{ __typename }' },
          { next() {}, error: () => resolve(), complete: resolve },
        );
      });
      end();
    },
    async openAndCloseStream(catalogIds) {
      const leaving = new AbortController();
      const response = await fetch(`http://127.0.0.1:${gatewayPort}/graphql/stream`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: AVAILABILITY, variables: { catalogIds } }),
        signal: leaving.signal,
      });
      if (response.status !== 200) throw new Error(`the event stream was answered ${response.status}`);
      leaving.abort();
    },
    close: async () => void (await connection.dispose()),
  };
}
