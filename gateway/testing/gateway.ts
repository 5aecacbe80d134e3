import { createLogger } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import type { GatewayConfig } from '../src/environment.ts';
import { readEnvironment } from '../src/environment.ts';
import { createGateway, type Gateway, type GatewayDeps } from '../src/service.ts';
import { DEMO_AUTH } from './subgraph.ts';

/** A gateway's configuration for tests: a free port on loopback, every visitor the demo user, no rate limit. */
export function testConfig(
  subgraphs: readonly { name: string; url: string }[],
  changes: Partial<GatewayConfig> = {},
): GatewayConfig {
  const { gateway } = readEnvironment({ HOST: '127.0.0.1', PORT: '0', GATEWAY_RATE_PER_SEC: '0' });
  return {
    ...gateway,
    auth: DEMO_AUTH,
    supergraph: { ...gateway.supergraph, subgraphs, pollMs: 0, timeoutMs: 2_000 },
    ...changes,
  };
}

/** Starts a gateway and waits until it is ready. */
export async function startGateway(
  config: GatewayConfig,
  deps: Pick<GatewayDeps, 'bus'> = {},
): Promise<Gateway> {
  const gateway = createGateway(config, {
    logger: createLogger({ service: 'gateway', level: 'silent' }),
    metrics: createMetrics('gateway', { processMetrics: false }),
    ...deps,
  });
  await gateway.start();
  for (;;) {
    const readiness = await gateway.ready();
    if (readiness.ready) return gateway;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Posts a GraphQL request and gives the parsed answer. */
export async function post(
  url: string,
  query: string,
  variables?: Record<string, unknown>,
  headers: Record<string, string> = {},
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, not typed
): Promise<{ status: number; headers: Headers; body: any }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
