import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBus } from '@giggityflix/bus';
import { createLogger, type RawEnvironment } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import type { AccountRole } from '../src/accounts/account.ts';
import { createPasswords } from '../src/credentials/passwords.ts';
import { readEnvironment } from '../src/environment.ts';
import { createIdentity } from '../src/service.ts';
import { newAccount } from './people.ts';

export const REDIRECT_URI = 'http://localhost:4000/signed-in';
export const PASSWORD = 'correct horse battery staple';
export const SERVICE_TOKEN = 'a-service-token-of-tests';

/** The whole service on a free port, in a folder of its own. */
export async function startIdentity(env: RawEnvironment = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'identity-'));
  const lines: string[] = [];
  const logger = createLogger({
    service: 'identity',
    level: 'warn',
    destination: { write: (line: string) => lines.push(line) },
  });
  const port = await freePort();
  const config = readEnvironment({
    HOST: '127.0.0.1',
    PORT: String(port),
    AUTH_ISSUER: `http://localhost:${port}`,
    BUS: 'embedded',
    BUS_PATH: join(folder, 'bus.db'),
    DATABASE_URL: `file:${join(folder, 'identity.db')}`,
    PAGE_REDIRECT_URIS: REDIRECT_URI,
    SERVICE_TOKENS: SERVICE_TOKEN,
    ...env,
  });
  const { issuer } = config;
  const bus = await createBus({ config: config.bus, clientId: 'identity', logger });
  await bus.start();
  const identity = createIdentity(config, {
    logger,
    bus,
    metrics: createMetrics('identity', { processMetrics: false }),
  });
  await identity.start();
  const { stores, access } = identity;
  return {
    identity,
    stores,
    access,
    config,
    issuer,
    /** What was logged, whole. */
    log: () => lines.join(''),
    /** Someone who signs in with {@link PASSWORD}. */
    async person(login: string, options: { role?: AccountRole; libraries?: readonly string[] } = {}) {
      const passwordHash = await createPasswords().hash(PASSWORD);
      return newAccount(stores, { login, passwordHash, ...options });
    },
    async invite(more: Partial<{ role: AccountRole; at: Date; lifetimeMs: number }> = {}) {
      const { role = 'member', at = new Date(), lifetimeMs = 60_000 } = more;
      const made = await stores.invitations.create(
        { role, plan: null, invitedBy: 'owner', note: 'A friend' },
        { at, lifetimeMs },
      );
      return { ...made, link: `${issuer}/invitation/${made.secret}` };
    },
    async dispose() {
      await identity.stop();
      await bus.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestIdentity = Awaited<ReturnType<typeof startIdentity>>;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
