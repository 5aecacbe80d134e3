import { createClient } from 'graphql-ws';
import { type GraphQLClient, GraphQLRequestError } from '../ports/graphql.ts';

interface GraphQLResponse<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string; status?: string } }[];
}

const KEEP_ALIVE_MS = 15_000;
const LAZY_CLOSE_MS = 5_000;
/** Delays between attempts to reconnect grow from one to the other. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/** {@link GraphQLClient} over `fetch` and graphql-ws, which reconnects for as long as it lives. */
export interface FetchGraphQLClient extends GraphQLClient {
  /** Calls the listener when the socket has reconnected, since what happened in between was not seen. */
  onReconnected(listener: () => void): () => void;
  close(): void;
}

export interface GraphQLClientOptions {
  /** The gateway's `/graphql`. */
  url: string;
  /** The access token of who asks, or what has it whenever one is needed; the socket asks at each connection. */
  bearer?: string | (() => Promise<string | undefined>);
}

export function createGraphQLClient({ url, bearer }: GraphQLClientOptions): FetchGraphQLClient {
  const authorization = async (): Promise<Record<string, string>> => {
    const token = typeof bearer === 'function' ? await bearer() : bearer;
    return token ? { authorization: `Bearer ${token}` } : {};
  };
  const socket = createClient({
    url: url.replace(/^http/, 'ws'),
    lazy: true,
    lazyCloseTimeout: LAZY_CLOSE_MS,
    connectionParams: authorization,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    keepAlive: KEEP_ALIVE_MS,
    retryWait: (attempt) =>
      new Promise((resolve) =>
        setTimeout(
          resolve,
          Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 5)) * (0.7 + 0.6 * Math.random()),
        ),
      ),
  });
  return {
    async request<T>(
      query: string,
      variables: Record<string, unknown> = {},
      options: { keepalive?: boolean } = {},
    ) {
      let body: GraphQLResponse<T>;
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/graphql-response+json, application/json',
            ...(await authorization()),
          },
          body: JSON.stringify({ query, variables }),
          ...options,
        });
        body = (await response.json()) as GraphQLResponse<T>;
      } catch {
        throw new GraphQLRequestError('the server does not answer', 'NETWORK');
      }
      const error = body.errors?.[0];
      if (error) {
        const { code = 'UNKNOWN', status } = error.extensions ?? {};
        throw new GraphQLRequestError(error.message, code, status);
      }
      if (!body.data) throw new GraphQLRequestError('the answer has no data', 'UNKNOWN');
      return body.data;
    },

    subscribe<T>(
      query: string,
      variables: Record<string, unknown>,
      handlers: { next(data: T): void; error?(message: string): void },
    ) {
      return socket.subscribe<T>(
        { query, variables },
        {
          next({ data, errors }) {
            if (data) handlers.next(data);
            else if (errors) handlers.error?.(errors[0]?.message ?? 'the subscription failed');
          },
          error(error) {
            handlers.error?.(Array.isArray(error) ? (error[0]?.message ?? '') : String(error));
          },
          complete() {},
        },
      );
    },

    onReconnected(listener) {
      let before = false;
      return socket.on('connected', () => {
        if (before) listener();
        before = true;
      });
    },

    close: () => void socket.dispose(),
  };
}
