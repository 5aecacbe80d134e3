import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, Kind, parse, print, separateOperations } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** The documents web and TV clients send, by name. */
const operations = separateOperations(
  parse(readFileSync(join(import.meta.dirname, '../../../tests/contract/operations.graphql'), 'utf8')),
);

/** The text of one of the contract's operations, with the fragments it uses. */
export function operationText(name: string): string {
  const document: DocumentNode | undefined = operations[name];
  if (!document) throw new Error(`the contract has no operation ${name}`);
  return print({ kind: Kind.DOCUMENT, definitions: document.definitions });
}

// biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, not typed
export type Answer = { data?: any; errors?: { message: string; extensions?: { code?: string } }[] };

export interface LiveSubscription {
  /** Every event so far. */
  readonly events: readonly Answer[];
  close(): void;
}

export interface GraphQLTestClient {
  /** Runs one of the contract's operations, or a document given as text. */
  request(
    operation: string,
    variables?: Record<string, unknown>,
    options?: { token?: string },
  ): Promise<Answer>;
  /** Subscribes; resolves once the server has the subscription. */
  subscribe(
    operation: string,
    variables?: Record<string, unknown>,
    extensions?: Record<string, unknown>,
  ): Promise<LiveSubscription>;
  close(): Promise<void>;
}

/** A client of the gateway made of `fetch` and graphql-ws alone; it reconnects as graphql-ws does. */
export function createGraphQLClient(origin: string, identity: { token?: string } = {}): GraphQLTestClient {
  const live = createClient({
    url: `${origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: identity.token ? { authorization: `Bearer ${identity.token}` } : undefined,
    lazy: false,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
    onNonLazyError: () => {},
  });
  const textOf = (operation: string) => (/[{\s]/.test(operation) ? operation : operationText(operation));
  return {
    async request(operation, variables, { token } = identity) {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify({ query: textOf(operation), variables }),
      });
      return (await response.json()) as Answer;
    },
    async subscribe(operation, variables, extensions) {
      const events: Answer[] = [];
      const end = live.subscribe(
        { query: textOf(operation), variables, extensions },
        {
          next: (event) => void events.push(event as Answer),
          error: (error) => void events.push({ errors: [error as never] }),
          complete() {},
        },
      );
      // A query answered on the same socket shows that the server has read the subscription before it.
      await new Promise<void>((resolve, reject) => {
        live.subscribe({ query: '{ __typename }' }, { next() {}, error: reject, complete: resolve });
      });
      return { events, close: end };
    },
    async close() {
      // Rejects when it was about to connect to a server that is gone.
      await Promise.resolve(live.dispose()).catch(() => {});
    },
  };
}
