import { createSubgraph } from '@giggityflix/graphql';
import { type AuthConfig, createAuthenticator, createHttpServer } from '@giggityflix/http';
import { createLogger, READY } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { parse } from 'graphql';

/** Everyone is the demo user. */
export const DEMO_AUTH: AuthConfig = {
  mode: 'demo',
  jwksUrl: 'http://127.0.0.1:1/unused',
  issuer: 'giggityflix',
  audience: 'giggityflix',
  serviceTokens: [],
  production: false,
};

export interface TestSubgraph {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a subgraph on the same base as the real ones, on a free port unless one is given. */
export async function startSubgraph(options: {
  name: string;
  sdl: string;
  resolvers: object;
  port?: number;
  auth?: AuthConfig;
}): Promise<TestSubgraph> {
  const auth = options.auth ?? DEMO_AUTH;
  const logger = createLogger({ service: options.name, level: 'silent' });
  const http = createHttpServer({
    name: options.name,
    host: '127.0.0.1',
    port: options.port ?? 0,
    logger,
    metrics: createMetrics(options.name, { processMetrics: false }),
    ready: () => READY,
  });
  const subgraph = createSubgraph({
    name: options.name,
    http,
    typeDefs: parse(options.sdl),
    resolvers: options.resolvers,
    authenticator: createAuthenticator(auth),
    callers: auth,
    logger,
    context: (base) => base,
  });
  await subgraph.start();
  await http.start();
  return {
    name: options.name,
    url: `${http.address().url}/graphql`,
    port: http.address().port,
    async stop() {
      await http.stop();
      await subgraph.stop();
    },
  };
}
