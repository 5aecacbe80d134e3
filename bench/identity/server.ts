/** Runs the identity service on a database, with people who sign in with `PASSWORD`, and reports to its parent what it costs. */
import { createBus } from '@giggityflix/bus';
import { createIdentity, readEnvironment } from '@giggityflix/identity';
import { createLogger } from '@giggityflix/kernel';
import { newAccount } from '../../subgraphs/identity/testing/people.ts';

const [databaseUrl = '', port = '', people = '0', passwordHash = ''] = process.argv.slice(2);

const config = readEnvironment({
  HOST: '127.0.0.1',
  PORT: port,
  AUTH_ISSUER: `http://localhost:${port}`,
  // The load comes from as many addresses as it has people.
  TRUSTED_PROXIES: '127.0.0.1',
  BUS: 'embedded',
  BUS_PATH: process.env.BENCH_BUS_PATH,
  DATABASE_URL: databaseUrl,
  PAGE_REDIRECT_URIS: 'http://localhost:4000/',
});
const logger = createLogger({ service: 'identity', level: 'fatal' });
const bus = await createBus({ config: config.bus, clientId: 'identity', logger });
await bus.start();
const identity = createIdentity(config, { logger, bus });
await identity.start();
for (let n = 0; n < Number(people); n += 1)
  await newAccount(identity.stores, { login: `person ${n}`, passwordHash });

process.on('message', (message) => {
  if (message !== 'cost') return;
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({ type: 'cost', cpuMs: (user + system) / 1_000, bytes: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit());
process.send?.({ type: 'listening', port: Number(port) });
