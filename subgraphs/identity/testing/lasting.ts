import { createLogger } from '@giggityflix/kernel';
import { openDatabase, Prisma } from '@giggityflix/prisma';
import type { TestIdentity } from './harness.ts';

const TABLES = [
  'Account',
  'LoginLook',
  'PasswordCredential',
  'Passkey',
  'Authenticator',
  'RecoveryCode',
  'UpstreamLink',
  'Invitation',
  'Profile',
];
const logger = createLogger({ service: 'test', level: 'silent' });

/** Reads all that a service keeps of people, as a text: the same as long as nothing changes. */
export async function openLasting({ config }: Pick<TestIdentity, 'config'>) {
  const { client, close } = await openDatabase({ url: config.databaseUrl, logger });
  return {
    async read(): Promise<string> {
      const tables = [];
      for (const table of TABLES)
        tables.push(
          await client.$queryRaw(Prisma.sql`SELECT * FROM ${Prisma.raw(`"${table}"`)} ORDER BY 1, 2`),
        );
      return JSON.stringify(tables, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    },
    close,
  };
}
