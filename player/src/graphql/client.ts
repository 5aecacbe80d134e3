import { createClient } from 'graphql-ws';
import { type GraphQLClient, GraphQLRequestError, type RequestOptions } from '../ports/graphql.ts';

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
  /**
   * The API refuses a token, which need not have expired: its device may have been revoked, or what its account may see has
   * changed. Resolves to whether there is another one to go on with, which is tried once; rejects when that cannot be found out.
   */
  onRefused?(token: string): Promise<boolean>;
}

/** How graphql-transport-ws says that it does not take credentials, or does so no longer. */
const FORBIDDEN = 4403;

export function createGraphQLClient(options: GraphQLClientOptions): FetchGraphQLClient {
  const { url, bearer, onRefused } = options;
  const currentToken = async () => (typeof bearer === 'function' ? await bearer() : bearer);
  const headerOf = (token: string | undefined): Record<string, string> =>
    token ? { authorization: `Bearer ${token}` } : {};
  /** Of the socket: the token it was opened with, and how often in a row it was closed for its token. */
  let socketToken: string | undefined;
  let refusals = 0;
  const socketAuthorization = async () => {
    if (refusals === 1 && socketToken && onRefused)
      await onRefused(socketToken).catch(() => {
        refusals = 0;
      });
    socketToken = await currentToken();
    return headerOf(socketToken);
  };
  const socket = createClient({
    url: url.replace(/^http/, 'ws'),
    lazy: true,
    lazyCloseTimeout: LAZY_CLOSE_MS,
    connectionParams: socketAuthorization,
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
    on: {
      connected: () => {
        refusals = 0;
      },
      closed: (event) => {
        if ((event as { code?: number }).code === FORBIDDEN) refusals += 1;
      },
    },
  });
  const ask = async <T>(
    query: string,
    variables: Record<string, unknown>,
    init: { keepalive?: boolean },
    token: string | undefined,
  ): Promise<GraphQLResponse<T>> => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json',
          ...headerOf(token),
        },
        body: JSON.stringify({ query, variables }),
        ...init,
      });
      return (await response.json()) as GraphQLResponse<T>;
    } catch {
      throw new GraphQLRequestError('the server does not answer', 'NETWORK');
    }
  };
  return {
    async request<T>(
      query: string,
      variables: Record<string, unknown> = {},
      { isPartial = false, ...init }: RequestOptions = {},
    ) {
      const token = await currentToken();
      let body = await ask<T>(query, variables, init, token);
      if (token && onRefused && isRefusal(body)) {
        const isReplaced = await onRefused(token).catch((error: unknown) => {
          throw new GraphQLRequestError(
            `the sign-in service does not answer: ${(error as Error).message}`,
            'NETWORK',
          );
        });
        if (isReplaced) body = await ask<T>(query, variables, init, await currentToken());
      }
      const error = body.errors?.[0];
      if (error && !(isPartial && hasSomething(body))) {
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

function isRefusal({ errors }: GraphQLResponse<unknown>): boolean {
  return errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ?? false;
}

/** Whether an answer with errors has something to show all the same. */
function hasSomething({ data, errors = [] }: GraphQLResponse<unknown>): boolean {
  if (errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) return false;
  return Object.values(data ?? {}).some((field) => field !== null);
}
