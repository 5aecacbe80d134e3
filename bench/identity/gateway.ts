/** Runs the gateway on a supergraph file with tokens verified by an issuer's keys, and reports to its parent what it costs. */
import { createGateway, readEnvironment } from '@giggityflix/gateway';
import { createLogger } from '@giggityflix/kernel';

const [supergraphFile = '', issuer = ''] = process.argv.slice(2);
const { gateway: config } = readEnvironment({
  HOST: '127.0.0.1',
  PORT: '0',
  AUTH_MODE: 'jwt',
  AUTH_ISSUER: issuer,
  AUTH_AUDIENCE: 'giggityflix',
  AUTH_JWKS_URL: `${issuer}/.well-known/jwks.json`,
  SUPERGRAPH_FILE: supergraphFile,
  GATEWAY_RATE_PER_SEC: '0',
});
const gateway = createGateway(config, { logger: createLogger({ service: 'gateway', level: 'error' }) });
await gateway.start();
process.on('message', (message) => {
  if (message !== 'cost') return;
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ type: 'cost', cpuMs: (user + system) / 1_000, bytes: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit());
process.send?.({ type: 'listening', port: Number(new URL(gateway.url()).port) });
