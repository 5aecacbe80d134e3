import type { IncomingMessage } from 'node:http';
import {
  atEnd,
  createAddressCap,
  type HttpServer,
  type Identity,
  type Revocations,
  refuseUpgrade,
} from '@giggityflix/http';
import { type Logger, mapEvents } from '@giggityflix/kernel';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  validate,
} from 'graphql';
import { CloseCode } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Caller, Callers } from './callers.ts';
import type { DocumentChecks, Operation } from './documents.ts';
import { maskError } from './errors.ts';

/** Largest message a client may send, in bytes: a query and its variables. */
const MAX_MESSAGE_BYTES = 1_048_576;
const INIT_TIMEOUT_MS = 10_000;
/** Subscriptions of one socket; the gateway puts those of many clients on one. */
const MAX_SUBSCRIPTIONS_PER_SOCKET = 10_000;
/** Sockets of one address that is no backend of the platform. A gateway has one for each of its users. */
const MAX_SOCKETS_PER_ADDRESS = 5_000;
/** When to come again at that limit, in seconds. */
const RETRY_AFTER_SECONDS = '10';

export interface SubgraphSocketOptions<C> {
  http: HttpServer;
  path: string;
  schema: GraphQLSchema;
  callerOf: Callers;
  documents: DocumentChecks;
  logger: Logger;
  /** Who an `authorization` speaks for; an error for the client when it does not hold. */
  identify(authorization: string | undefined): Promise<Identity | null | GraphQLError>;
  revocations?: Pick<Revocations, 'watch'> | undefined;
  /**
   * Called for every operation and every event, so that nothing read for one event is kept for the next.
   *
   * @param restored The subscription takes the place of one whose connection was lost, as the client says (`extensions.restored`).
   */
  context(identity: Identity | null, restored: boolean): C;
}

type Session = { identity?: Identity | null; cancelEnd?: () => void };
type Extra = Session & { socket: WebSocket; request: IncomingMessage };

/**
 * Serves operations over graphql-ws on an HTTP server's upgrade requests. The socket is closed with 4403 when
 * its credentials expire or are taken back, upon which a client comes again with fresh ones.
 */
export function serveSubgraphSocket<C>(options: SubgraphSocketOptions<C>): void {
  const { http, schema, documents, logger } = options;
  const mask = (errors: readonly GraphQLError[]) =>
    errors.map((error) => maskError(error.toJSON(), error, logger));
  const masked = (result: ExecutionResult) =>
    result.errors ? { ...result, errors: mask(result.errors) } : undefined;

  /** A document that is not GraphQL must not end the socket, and with it the subscriptions of others. */
  const validated = (operation: Operation, caller: Caller): DocumentNode | GraphQLError[] => {
    try {
      const document = documents.parse(operation, caller);
      const errors = validate(schema, document);
      return errors.length > 0
        ? errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'))
        : document;
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  };
  const strangers = createAddressCap(MAX_SOCKETS_PER_ADDRESS);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const disposable = useServer<{ authorization?: unknown }, Session>(
    {
      schema,
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      async onConnect({ connectionParams, extra }) {
        const given = connectionParams?.authorization;
        const identity = await options.identify(typeof given === 'string' ? given : undefined);
        if (identity instanceof GraphQLError) return false;
        extra.identity = identity;
        extra.cancelEnd = atEnd(identity, options.revocations, () =>
          (extra as Extra).socket.close(CloseCode.Forbidden, 'the credentials have expired'),
        );
        return true;
      },
      onDisconnect: ({ extra }) => extra.cancelEnd?.(),
      onSubscribe({ extra, subscriptions }, _id, { query, operationName, variables, extensions }) {
        if (Object.keys(subscriptions).length > MAX_SUBSCRIPTIONS_PER_SOCKET)
          return [
            new GraphQLError(`a socket takes at most ${MAX_SUBSCRIPTIONS_PER_SOCKET} subscriptions`, {
              extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
            }),
          ];
        const caller = options.callerOf((extra as Extra).request) ?? 'anyone';
        const document = validated({ query, operationName, variables }, caller);
        if (Array.isArray(document)) return document;
        const identity = extra.identity ?? null;
        const restored = extensions?.restored === true;
        return {
          schema,
          document,
          operationName,
          variableValues: variables,
          contextValue: () => options.context(identity, restored),
        };
      },
      execute: (args) => execute(inContext(args)),
      subscribe: (args) => subscribe(args),
      onError: (_context, _id, _payload, errors) => mask(errors),
      onNext: (_context, _id, _payload, _args, result) => masked(result),
    },
    sockets,
  );

  // In the library's place, which writes the stack of every malformed frame to standard error.
  sockets.on('connection', (client) => {
    client.removeAllListeners('error');
    client.on('error', (error) => logger.debug({ err: error }, 'a client broke the WebSocket protocol'));
  });

  http.onUpgrade((request, socket, head) => {
    if (request.url?.split('?')[0] !== options.path) return refuseUpgrade(socket, '404 Not Found');
    const caller = options.callerOf(request);
    if (caller === null) return refuseUpgrade(socket, '403 Forbidden');
    if (caller === 'anyone') {
      const leave = strangers.enter(request.socket.remoteAddress ?? '');
      if (!leave) return refuseUpgrade(socket, '429 Too Many Requests', RETRY_AFTER_SECONDS);
      socket.once('close', leave);
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  // Fastify waits for open connections when it closes; sockets must be gone before that.
  http.app.addHook('preClose', async () => {
    await disposable.dispose();
  });
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { ...error.extensions, code },
  });
}

/** The context travels as a function, called for each execution. */
function inContext(args: ExecutionArgs): ExecutionArgs {
  return { ...args, contextValue: (args.contextValue as () => unknown)() };
}

/** As graphql-js' `subscribe`, but with a fresh context for each event. */
async function subscribe(
  args: ExecutionArgs,
): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const source = await createSourceEventStream(inContext(args));
  if (!(Symbol.asyncIterator in source)) return source;
  return mapEvents(source[Symbol.asyncIterator](), async (event) =>
    execute({ ...inContext(args), rootValue: event }),
  );
}
