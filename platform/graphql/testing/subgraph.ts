import {
  AuthenticationError,
  type Authenticator,
  createHttpServer,
  type HttpServer,
  type Identity,
  NOT_LIMITED,
} from '@giggityflix/http';
import { composeServices, createEventHub, createLogger, READY, type Service } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { parse } from 'graphql';
import type { CallerConfig } from '../src/callers.ts';
import { badInput } from '../src/errors.ts';
import { createSubgraph, requireIdentity, requireRole, type SubgraphContext } from '../src/subgraph.ts';

/** A small subgraph on a free port, whose user is `ann` with the token `good`. */
export interface RunningSubgraph {
  readonly service: Service;
  readonly http: HttpServer;
  readonly url: string;
  /** What was logged. */
  readonly lines: readonly string[];
  query(
    body: object,
    authorization?: string,
  ): Promise<{ status: number; data?: unknown; errors?: GraphQLFailure[] }>;
}

interface GraphQLFailure {
  message: string;
  extensions: { code: string };
}

const typeDefs = parse(/* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query {
    me: String!
    operate: String!
    bad: String
    bug(secret: String): String
    twice(n: Int!): Int!
  }
  type Subscription {
    ticks: Tick!
    broken: Int!
    private: Int!
  }
  type Tick {
    n: Int!
    context: Int!
    bug: Int
  }
`);

interface Context extends SubgraphContext {
  serial: number;
}
let serial = 0;
export const hub = createEventHub<{ n: number }>();
const resolvers = {
  Query: {
    me: (_: unknown, __: unknown, context: Context) => requireIdentity(context).userId,
    operate: (_: unknown, __: unknown, context: Context) => requireRole(context, 'operator').userId,
    bad: () => {
      throw badInput('n is odd');
    },
    bug: () => {
      throw new Error('password is hunter2');
    },
    twice: (_: unknown, { n }: { n: number }) => 2 * n,
  },
  Subscription: {
    ticks: { subscribe: () => hub.read(['ticks']), resolve: (tick: { n: number }) => tick },
    broken: {
      async *subscribe() {
        yield { broken: 1 };
        throw new Error('password is hunter2');
      },
    },
    private: {
      subscribe: (_: unknown, __: unknown, context: Context) => {
        requireIdentity(context);
        return hub.read(['ticks']);
      },
    },
  },
  Tick: {
    context: (_: unknown, __: unknown, context: Context) => context.serial,
    bug: () => {
      throw new Error('password is hunter2');
    },
  },
};
const ANN = {
  userId: 'ann',
  roles: ['viewer'],
  issuedAt: null,
  deviceId: null,
  profileId: null,
  limits: NOT_LIMITED,
  scopes: [],
} as const;
const authenticatorOf = (state: { expiresAt: number | null }): Authenticator => ({
  async authenticate(authorization): Promise<Identity | null> {
    if (authorization === undefined) return null;
    if (authorization === 'Bearer unverifiable') throw new Error('the issuer is unavailable');
    if (authorization !== 'Bearer good') throw new AuthenticationError('it is forged');
    return { ...ANN, expiresAt: state.expiresAt };
  },
});

/** `expiresAt` is when the credentials of the user end. The events of `ticks` are those of the channel `ticks` of {@link hub}. */
export async function runSubgraph(state: {
  expiresAt: number | null;
  callers?: CallerConfig;
}): Promise<RunningSubgraph> {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  const http = createHttpServer({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    logger,
    metrics: createMetrics('test', { processMetrics: false }),
    ready: () => READY,
  });
  const context = (base: SubgraphContext) => ({ ...base, serial: ++serial });
  const subgraph = createSubgraph<Context>({
    name: 'test',
    http,
    typeDefs,
    resolvers,
    authenticator: authenticatorOf(state),
    callers: state.callers ?? { serviceTokens: [], production: false },
    logger,
    context,
  });
  const service = composeServices({ subgraph, http });
  await service.start();
  const url = `${http.address().url}/graphql`;
  return {
    service,
    http,
    url,
    lines,
    async query(body, authorization) {
      const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      const answer = (await response.json()) as { data?: unknown; errors?: GraphQLFailure[] };
      return { status: response.status, ...answer };
    },
  };
}
