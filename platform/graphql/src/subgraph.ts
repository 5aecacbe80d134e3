import { randomUUID } from 'node:crypto';
import type { ApolloServer, ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  AuthenticationError,
  type Authenticator,
  type HttpServer,
  hasRole,
  type Identity,
  type Revocations,
  type Role,
} from '@giggityflix/http';
import { type Logger, READY, type Service } from '@giggityflix/kernel';
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import { type CallerConfig, createCallers } from './callers.ts';
import { createDocumentChecks, type DocumentChecks, type Operation } from './documents.ts';
import { maskError, unauthenticated } from './errors.ts';
import { serveSubgraphSocket } from './socket.ts';
import { traceOperations } from './trace-operations.ts';

/** What every resolver of a subgraph is given; services add their own members. */
export interface SubgraphContext {
  identity: Identity | null;
  requestId: string;
  /** A subscription that takes the place of one whose connection was lost: what was missed meanwhile is wanted first. */
  restored?: boolean;
}

export interface SubgraphOptions<C extends SubgraphContext> {
  name: string;
  http: HttpServer;
  typeDefs: DocumentNode;
  resolvers: object;
  authenticator: Authenticator;
  /** Those the authenticator refuses: what is subscribed with such credentials ends. */
  revocations?: Pick<Revocations, 'watch'>;
  /** Whom it answers. */
  callers: CallerConfig;
  logger: Logger;
  /** Takes memory with the first request only, for a service that has much else to do; it serves no subscriptions. */
  isLazy?: boolean;
  /** Called once per request, and once per event of a subscription. */
  context(base: SubgraphContext): C;
}

const GRAPHQL_PATH = '/graphql';

/**
 * Serves a federated subgraph on an {@link HttpServer}: queries and mutations at `POST /graphql`,
 * subscriptions over graphql-ws on the same path, for whom {@link createCallers} lets in, and documents within the
 * limits of {@link createDocumentChecks}. Credentials come from the `Authorization` header, or from
 * `connectionParams.authorization`. Unexpected errors reach the log whole and the client masked.
 */
export function createSubgraph<C extends SubgraphContext>(options: SubgraphOptions<C>): Service {
  const { http, logger, authenticator } = options;
  const callerOf = createCallers(options.callers);
  let serving: Promise<Engine<C>> | null = null;
  const serve = () => {
    serving ??= createEngine(options).catch((error: unknown) => {
      serving = null;
      throw error;
    });
    return serving;
  };
  // Not `@as-integrations/fastify`: it makes a URL of the Host header, and fails with 500 where that is none.
  http.app.route({
    method: 'POST',
    url: GRAPHQL_PATH,
    // Before the body is read.
    async onRequest(request, reply) {
      if (callerOf(request.raw) === null) return reply.code(403).send({ errors: [NOT_FOR_STRANGERS] });
    },
    async handler(request, reply) {
      const { apollo, documents, newHeaders } = await serve();
      const operation = operationOf(request.body);
      const excess = operation && documents.refusal(operation, callerOf(request.raw) ?? 'anyone');
      if (excess) return reply.code(400).send({ errors: [excess] });
      const identity = await identify(authenticator, request.headers.authorization, logger);
      const headers = newHeaders();
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
    },
  });

  return {
    async start() {
      if (options.isLazy) return;
      const { schema, documents } = await serve();
      serveSubgraphSocket<C>({
        http,
        path: GRAPHQL_PATH,
        schema,
        callerOf,
        documents,
        logger,
        revocations: options.revocations,
        identify: (authorization) => identify(authenticator, authorization, logger),
        context: (identity, restored) => options.context({ identity, requestId: randomUUID(), restored }),
      });
    },
    async stop() {
      await (await serving)?.apollo.stop();
    },
    ready: () => READY,
  };
}

/** What executes operations. */
interface Engine<C extends SubgraphContext> {
  schema: GraphQLSchema;
  apollo: ApolloServer<C>;
  documents: DocumentChecks;
  newHeaders(): HeaderMap;
}

/** Loaded when it is needed: what parses, validates and executes takes most of the memory of a small service. */
async function createEngine<C extends SubgraphContext>(options: SubgraphOptions<C>): Promise<Engine<C>> {
  const { logger } = options;
  const [{ ApolloServer, HeaderMap }, { ApolloServerPluginInlineTraceDisabled }, { buildSubgraphSchema }] =
    await Promise.all([
      import('@apollo/server'),
      import('@apollo/server/plugin/disabled'),
      import('@apollo/subgraph'),
    ]);
  const schema = buildSubgraphSchema([{ typeDefs: options.typeDefs, resolvers: options.resolvers as never }]);
  const apollo = new ApolloServer<C>({
    schema,
    formatError: (formatted, error) => maskError(formatted, error, logger),
    includeStacktraceInErrorResponses: false,
    introspection: true,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    logger: logger as never,
    plugins: [noLandingPage<C>(), ApolloServerPluginInlineTraceDisabled(), traceOperations<C>(options.name)],
  });
  await apollo.start();
  return {
    schema,
    apollo,
    documents: createDocumentChecks(schema),
    newHeaders: () => new HeaderMap(),
  };
}

const NOT_FOR_STRANGERS = new GraphQLError(
  'this subgraph answers backends of the platform alone: ask the gateway, or present a service token',
  { extensions: { code: 'FORBIDDEN' } },
);

/** The operation of a request's body; null for a body that is none, which Apollo Server answers. */
function operationOf(body: unknown): Operation | null {
  const { query, operationName, variables } = (body ?? {}) as Record<string, unknown>;
  if (typeof query !== 'string') return null;
  return {
    query,
    operationName: typeof operationName === 'string' ? operationName : null,
    variables: typeof variables === 'object' ? (variables as Operation['variables']) : null,
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

async function identify(
  authenticator: Authenticator,
  authorization: string | undefined,
  logger: Logger,
): Promise<Identity | null | GraphQLError> {
  try {
    return await authenticator.authenticate(authorization);
  } catch (error) {
    if (error instanceof AuthenticationError) {
      logger.info({ reason: error.message }, 'refused credentials');
      return unauthenticated('the credentials are not valid');
    }
    logger.error({ err: error }, 'cannot verify credentials');
    return new GraphQLError('credentials cannot be verified at the moment', {
      extensions: { code: 'SERVICE_UNAVAILABLE', http: { status: 503 } },
    });
  }
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
