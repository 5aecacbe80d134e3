import { serviceTokenHeader } from '@giggityflix/http';
import { type RetryPolicy, retryDelayMs } from '@giggityflix/kernel';
import { type Client, CloseCode, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type ClientError, clientError } from '../errors.ts';
import type { SubgraphOperation } from './operation.ts';

/** Notified of what happens to one upstream subscription. */
export interface UpstreamSink {
  event(event: UpstreamEvent): void;
  /** It failed for good; nothing follows. */
  failed(errors: readonly ClientError[]): void;
  /** The subgraph ended it; nothing follows. */
  completed(): void;
}

export interface UpstreamEvent {
  data: Record<string, unknown> | null;
  errors: readonly ClientError[];
  /** The connection was lost since the event before: there may have been others. */
  afterLoss: boolean;
}

/** Subscriptions at the subgraphs of one graph, over graphql-ws connections shared by identity. */
export interface Upstreams {
  /** Subscribes until the returned function is called. Lost connections are restored without end. */
  subscribe(
    fetch: SubgraphOperation,
    variables: Record<string, unknown>,
    authorization: string | undefined,
    sink: UpstreamSink,
  ): () => void;
  close(): Promise<void>;
}

/** Restoring begins at once and backs off to this: events of a restarted subgraph must arrive again within seconds. */
const RETRY: RetryPolicy = {
  maxRetries: Number.POSITIVE_INFINITY,
  initialDelayMs: 50,
  maxDelayMs: 1_000,
  jitterFactor: 0.5,
};
/** Time without a message after which a connection is taken for dead, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;
/** How long an unused connection is kept for the next subscription. */
const IDLE_MS = 3_000;
/** The subgraph refuses the credentials: trying again would not help. */
const REFUSALS = new Set<number>([CloseCode.Forbidden, CloseCode.Unauthorized]);

export function createUpstreams(
  addresses: readonly { name: string; url: string }[],
  serviceToken: string | null,
): Upstreams {
  const Socket = presenting(serviceTokenHeader(serviceToken));
  const urls = new Map(addresses.map(({ name, url }) => [name, url.replace(/^http/, 'ws')]));
  const connections = new Map<string, Connection>();
  return {
    subscribe(fetch, variables, authorization, sink) {
      const url = urls.get(fetch.subgraph);
      if (!url) {
        sink.failed([clientError('SUBGRAPH_UNAVAILABLE', `the ${fetch.subgraph} subgraph is not known`)]);
        return () => {};
      }
      const key = `${fetch.subgraph}\n${authorization ?? ''}`;
      let connection = connections.get(key);
      if (!connection) {
        connection = createConnection(url, authorization, Socket);
        connections.set(key, connection);
      }
      const held = connection;
      held.users += 1;
      const unsubscribe = held.subscribe(fetch, variables, sink);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        unsubscribe();
        held.users -= 1;
        if (held.users === 0 && connections.get(key) === held) connections.delete(key);
      };
    },
    async close() {
      const all = [...connections.values()];
      connections.clear();
      await Promise.all(all.map((connection) => connection.client.dispose()));
    },
  };
}

interface Connection {
  client: Client;
  users: number;
  subscribe(fetch: SubgraphOperation, variables: Record<string, unknown>, sink: UpstreamSink): () => void;
}

type SocketClass = new (url: string, protocols?: string | string[]) => WebSocket;

/** WebSockets whose handshake has these headers. */
function presenting(headers: Record<string, string>): SocketClass {
  return class extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols, { headers });
    }
  };
}

function createConnection(url: string, authorization: string | undefined, Socket: SocketClass): Connection {
  /** Counts the connections lost, so that each subscription knows whether one was lost since its last event. */
  let losses = 0;
  let connected = false;
  const client = createClient({
    url,
    webSocketImpl: Socket,
    lazy: true,
    lazyCloseTimeout: IDLE_MS,
    keepAlive: KEEP_ALIVE_MS,
    connectionParams: authorization === undefined ? {} : { authorization },
    retryAttempts: RETRY.maxRetries,
    shouldRetry: (failure) => !REFUSALS.has((failure as { code?: number }).code ?? 0),
    retryWait: async (attempt) => {
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs(RETRY, attempt + 1)));
    },
    on: {
      connected: () => {
        connected = true;
      },
      closed: () => {
        if (connected) losses += 1;
        connected = false;
      },
    },
  });
  return {
    client,
    users: 0,
    subscribe(fetch, variables, sink) {
      let seenLosses = losses;
      return client.subscribe(
        { query: fetch.query, operationName: fetch.operationName, variables },
        {
          next(result) {
            const afterLoss = losses !== seenLosses;
            seenLosses = losses;
            sink.event({
              data: (result.data as Record<string, unknown> | null | undefined) ?? null,
              errors: (result.errors as readonly ClientError[] | undefined) ?? [],
              afterLoss,
            });
          },
          error: (error) => sink.failed(toErrors(fetch.subgraph, error)),
          complete: () => sink.completed(),
        },
      );
    },
  };
}

function toErrors(subgraph: string, error: unknown): readonly ClientError[] {
  if (Array.isArray(error)) return error as ClientError[];
  const code = (error as { code?: number }).code ?? 0;
  return REFUSALS.has(code)
    ? [clientError('UNAUTHENTICATED', 'the credentials are not valid')]
    : [clientError('SUBGRAPH_UNAVAILABLE', `the ${subgraph} subgraph ended the subscription`)];
}
