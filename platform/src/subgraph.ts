import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { HttpServer } from './http.ts';
import { AuthenticationError, type Authenticator, hasRole, type Identity, type Role } from './identity.ts';
import { READY, type Service } from './lifecycle.ts';
import type { Logger } from './logger.ts';

/** What every resolver of a subgraph is given; services add their own members. */
export interface SubgraphContext {
  identity: Identity | null;
  requestId: string;
}

export interface SubgraphOptions<C extends SubgraphContext> {
  name: string;
  http: HttpServer;
  typeDefs: DocumentNode;
  resolvers: object;
  authenticator: Authenticator;
  logger: Logger;
  /** Called once per request, and once per event of a subscription. */
  context(base: SubgraphContext): C;
}

/** The subprotocol and path every subgraph serves, beside `POST /graphql`. */
const GRAPHQL_PATH = '/graphql';

/**
 * Serves a federated subgraph on an {@link HttpServer}: queries and mutations at `POST /graphql`,
 * subscriptions over graphql-ws on the same path. Credentials come from the `Authorization` header, or from
 * `connectionParams.authorization`. Unexpected errors reach the log whole and the client masked.
 */
export function createSubgraph<C extends SubgraphContext>(options: SubgraphOptions<C>): Service {
  const { http, logger, authenticator } = options;
  const schema = buildSubgraphSchema([{ typeDefs: options.typeDefs, resolvers: options.resolvers as never }]);
  const formatError = (formatted: GraphQLFormattedError, error: unknown) =>
    maskError(formatted, error, logger);
  const apollo = new ApolloServer<C>({
    schema,
    formatError,
    includeStacktraceInErrorResponses: false,
    introspection: true,
    csrfPrevention: false,
    stopOnTerminationSignals: false,
    logger: logger as never,
    plugins: [noLandingPage<C>(), ApolloServerPluginInlineTraceDisabled()],
  });

  http.app.post(GRAPHQL_PATH, async (request, reply) => {
    const identity = await identify(authenticator, request.headers.authorization, logger);
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === 'string') headers.set(name, value);
    const response = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers, search: '', body: request.body },
      context: async () => {
        if (identity instanceof GraphQLError) throw identity;
        return options.context({ identity, requestId: String(request.id) });
      },
    });
    reply.code(response.status ?? 200).headers(Object.fromEntries(response.headers));
    if (response.body.kind === 'complete') return reply.send(response.body.string);
    throw new Error('incremental delivery is not supported');
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_048_576 });
  const disposable = useServer<{ authorization?: unknown }, { identity?: Identity | null }>(
    {
      schema,
      connectionInitWaitTimeout: 10_000,
      async onConnect(context) {
        const given = context.connectionParams?.authorization;
        const identity = await identify(authenticator, typeof given === 'string' ? given : undefined, logger);
        if (identity instanceof GraphQLError) return false;
        (context.extra as { identity?: Identity | null }).identity = identity;
        return true;
      },
      context: (context) =>
        options.context({
          identity: (context.extra as { identity?: Identity | null }).identity ?? null,
          requestId: 'subscription',
        }),
      onError: (_context, _id, _payload, errors) =>
        errors.map(
          (error) =>
            new GraphQLError(maskError(error.toJSON(), error, logger).message, maskedOptions(error, logger)),
        ),
      onNext: (_context, _id, _payload, _args, result) =>
        result.errors
          ? {
              ...result,
              errors: result.errors.map(
                (error) =>
                  new GraphQLError(
                    maskError(error.toJSON(), error, logger).message,
                    maskedOptions(error, logger),
                  ),
              ),
            }
          : undefined,
    },
    sockets,
  );
  http.app.server.on('upgrade', (request, socket, head) => {
    if (new URL(request.url ?? '/', 'http://x').pathname !== GRAPHQL_PATH) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  // Fastify waits for open connections when it closes; sockets must be gone before that.
  http.app.addHook('preClose', async () => {
    await disposable.dispose();
  });

  return {
    start: () => apollo.start(),
    stop: () => apollo.stop(),
    ready: () => READY,
  };
}

/** @throws GraphQLError UNAUTHENTICATED for a visitor, FORBIDDEN for someone without the role. */
export function requireRole(context: SubgraphContext, role: Role): Identity {
  const { identity } = context;
  if (!identity) throw new GraphQLError('sign in to do this', { extensions: { code: 'UNAUTHENTICATED' } });
  if (!hasRole(identity, role))
    throw new GraphQLError(`this needs the ${role} role`, { extensions: { code: 'FORBIDDEN' } });
  return identity;
}

/** @throws GraphQLError UNAUTHENTICATED for a visitor. */
export function requireIdentity(context: SubgraphContext): Identity {
  if (!context.identity)
    throw new GraphQLError('sign in to do this', { extensions: { code: 'UNAUTHENTICATED' } });
  return context.identity;
}

/** An error for input that has the right type but not a usable value. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

async function identify(
  authenticator: Authenticator,
  authorization: string | undefined,
  logger: Logger,
): Promise<Identity | null | GraphQLError> {
  try {
    return await authenticator.authenticate(authorization);
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    logger.info({ reason: error.message }, 'refused credentials');
    return new GraphQLError('the credentials are not valid', {
      extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
    });
  }
}

function maskError(formatted: GraphQLFormattedError, error: unknown, logger: Logger): GraphQLFormattedError {
  const code = formatted.extensions?.code;
  if (code !== undefined && code !== 'INTERNAL_SERVER_ERROR') return formatted;
  const original = (error as GraphQLError).originalError;
  if (code === undefined && original == null) return formatted;
  logger.error({ err: original ?? error, path: formatted.path }, 'a resolver failed');
  return {
    ...formatted,
    message: 'the request could not be completed',
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  };
}

function maskedOptions(error: GraphQLError, _logger: Logger) {
  const internal = error.extensions.code === undefined && error.originalError != null;
  return {
    path: error.path,
    nodes: error.nodes,
    extensions: internal ? { code: 'INTERNAL_SERVER_ERROR' } : error.extensions,
  };
}

function noLandingPage<C extends SubgraphContext>(): ApolloServerPlugin<C> {
  return {
    async serverWillStart() {
      return {
        async renderLandingPage() {
          return { html: '' };
        },
      };
    },
  };
}
