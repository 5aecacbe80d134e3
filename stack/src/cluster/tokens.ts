import { createLogger } from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import { importJWK, type JWK, SignJWT } from 'jose';
import type { Installation } from './installation.ts';
import { variablesOf } from './variables.ts';

const HOURS = 12;

export interface Tokens {
  /** Someone's, as identity would sign it; who has no account yet gets one, so that they may watch. */
  issue(subject: string, roles: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Signs with the key that identity keeps in its database: the installation's owner may. */
export function createTokens(installation: Installation): Tokens {
  let opened: Promise<Database> | null = null;
  const logger = createLogger({ service: 'cluster', level: 'silent' });
  const identity = installation.of('identity')[0]!;
  const { AUTH_ISSUER, AUTH_AUDIENCE = 'giggityflix' } = variablesOf(identity, installation);
  return {
    async issue(subject, roles) {
      opened ??= openDatabase({ url: installation.secret('identity_database_url'), logger, poolSize: 2 });
      const { client } = await opened;
      await admit(client, subject, roles.includes('operator') ? 'operator' : 'member');
      const [newest] = await client.providerKey.findMany({
        where: { purpose: 'signing' },
        orderBy: { number: 'asc' },
      });
      if (!newest) throw new Error('identity has not made a key yet');
      const key = newest.jwk as unknown as JWK;
      return new SignJWT({ roles: [...roles] })
        .setProtectedHeader({ alg: 'ES256', kid: newest.id, typ: 'at+jwt' })
        .setSubject(subject)
        .setIssuer(AUTH_ISSUER!)
        .setAudience(AUTH_AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(`${HOURS}h`)
        .sign(await importJWK(key, 'ES256'));
    },
    async close() {
      await (await opened)?.close();
    },
  };
}

async function admit(client: Database['client'], id: string, role: string): Promise<void> {
  const at = new Date();
  const login = `${id}@cluster.invalid`;
  await client.account.upsert({
    where: { id },
    update: {},
    create: {
      id,
      login,
      loginKey: login.toLowerCase(),
      name: id,
      role,
      state: 'active',
      createdAt: at,
      changedAt: at,
    },
  });
}
