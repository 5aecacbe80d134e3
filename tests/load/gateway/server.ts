/** The gateway under load, alone in its process: `server.ts <tracker URL>`. Reports its cost over IPC. */
import { createGateway, readEnvironment } from '@giggityflix/gateway';
import { createLogger } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';

const { gateway: config } = readEnvironment({
  HOST: '127.0.0.1',
  PORT: '0',
  AUTH_MODE: 'demo',
  SUBGRAPHS: `tracker=${process.argv[2]}`,
  GATEWAY_RATE_PER_SEC: '0',
});
const metrics = createMetrics('gateway', { processMetrics: false });
const logger = createLogger({ service: 'gateway', level: 'error' });
const gateway = createGateway(config, { logger, metrics });
await gateway.start();
while (!(await gateway.ready()).ready) await new Promise((resolve) => setTimeout(resolve, 10));

process.on('message', () => {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1_000, bytes: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: Number(new URL(gateway.url()).port) });
