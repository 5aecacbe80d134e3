/** Runs one gateway (`ours`, `apollo`) on a supergraph file, and reports to its parent what it costs. */
import { readFileSync } from 'node:fs';

const [kind, supergraphFile = ''] = process.argv.slice(2);

async function ours(): Promise<number> {
  const { createGateway, readEnvironment } = await import('@giggityflix/gateway');
  const { createLogger } = await import('@giggityflix/kernel');
  const { gateway: config } = readEnvironment({
    HOST: '127.0.0.1',
    PORT: '0',
    AUTH_MODE: 'demo',
    SUPERGRAPH_FILE: supergraphFile,
    GATEWAY_RATE_PER_SEC: '0',
  });
  const gateway = createGateway(config, { logger: createLogger({ service: 'gateway', level: 'error' }) });
  await gateway.start();
  return Number(new URL(gateway.url()).port);
}

async function apollo(): Promise<number> {
  const { ApolloGateway } = await import('@apollo/gateway');
  const { ApolloServer } = await import('@apollo/server');
  const { startStandaloneServer } = await import('@apollo/server/standalone');
  const gateway = new ApolloGateway({ supergraphSdl: readFileSync(supergraphFile, 'utf8') });
  const server = new ApolloServer({ gateway: gateway as never });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
  return Number(new URL(url).port);
}

const port = await (kind === 'ours' ? ours() : apollo());
let collecting = 0;
process.on('message', (message) => {
  if (message !== 'cost') return;
  const before = cpuMs();
  globalThis.gc?.();
  // What is collected for the measurement is no cost of what is measured.
  collecting += cpuMs() - before;
  process.send?.({ type: 'cost', cpuMs: cpuMs() - collecting, bytes: process.memoryUsage().rss });
});
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
process.on('disconnect', () => process.exit());
process.send?.({ type: 'listening', port });
