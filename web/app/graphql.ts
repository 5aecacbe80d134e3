import { createClient } from 'graphql-ws';

/** A GraphQL request that failed; `code` and `status` are those of the first error's `extensions`. */
export class GraphQLRequestError extends Error {
  override readonly name = 'GraphQLRequestError';
  readonly code: string;
  readonly status: string | undefined;

  constructor(message: string, code: string, status?: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

interface GraphQLResponse<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string; status?: string } }[];
}

const ENDPOINT = '/graphql';

/** Runs a query or mutation. @throws GraphQLRequestError; its code is `NETWORK` when nobody answers. */
export async function request<T>(
  query: string,
  variables: Record<string, unknown> = {},
  options: { keepalive?: boolean } = {},
): Promise<T> {
  let body: GraphQLResponse<T>;
  try {
    const response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: JSON.stringify({ query, variables }),
      ...options,
    });
    body = await response.json();
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
}

/** Reconnects for as long as the page lives; delays grow to 5 s. */
const socket = createClient({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${ENDPOINT}`,
  lazy: true,
  lazyCloseTimeout: 5_000,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  keepAlive: 15_000,
  retryWait: (attempt) =>
    new Promise((resolve) =>
      setTimeout(resolve, Math.min(5_000, 250 * 2 ** Math.min(attempt, 5)) * (0.7 + 0.6 * Math.random())),
    ),
});

/** Tells when the socket has come back, since what happened in between was not seen. */
export function onReconnected(listener: () => void): () => void {
  let before = false;
  return socket.on('connected', () => {
    if (before) listener();
    before = true;
  });
}

/** Runs a subscription until the returned function is called. */
export function subscribe<T>(
  query: string,
  variables: Record<string, unknown>,
  handlers: { next(data: T): void; error?(message: string): void },
): () => void {
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
}
