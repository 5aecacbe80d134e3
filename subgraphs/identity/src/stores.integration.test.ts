import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, UnavailableError } from '@giggityflix/kernel';
import { realPostgres } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountsCompliance } from './accounts/accounts.compliance.ts';
import { auditCompliance } from './audit/audit.compliance.ts';
import { credentialsCompliance } from './credentials/credentials.compliance.ts';
import { ISSUER, upstreamLinksCompliance } from './credentials/upstream-links.compliance.ts';
import { createStorage } from './database/database.ts';
import { devicesCompliance } from './devices/devices.compliance.ts';
import { pendingChangesCompliance } from './events/pending.compliance.ts';
import { factorsCompliance } from './factors/factors.compliance.ts';
import { failuresCompliance } from './failures/failures.compliance.ts';
import { invitationsCompliance } from './invitations/invitations.compliance.ts';
import { keysCompliance } from './keys/keys.compliance.ts';
import { createPrismaKeyStore } from './keys/keys.prisma.ts';
import { profilesCompliance } from './profiles/profiles.compliance.ts';
import { recordsCompliance } from './records/records.compliance.ts';
import { renewalsCompliance } from './renewals/renewals.compliance.ts';
import { createStores, type Stores } from './stores.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const rotation = { periodMs: 1e9, leadMs: 1e6, overlapMs: 1e6 };
const folder = mkdtempSync(join(tmpdir(), 'identity-stores-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SUITES: Readonly<Record<string, (stores: Stores) => void>> = {
  accounts: accountsCompliance,
  credentials: credentialsCompliance,
  factors: factorsCompliance,
  upstreamLinks: upstreamLinksCompliance,
  invitations: invitationsCompliance,
  devices: devicesCompliance,
  profiles: profilesCompliance,
  audit: auditCompliance,
  failures: failuresCompliance,
  records: recordsCompliance,
  renewals: renewalsCompliance,
  pendingChanges: pendingChangesCompliance,
};

/** Each suite has a database of its own. */
function describeStores(urlOf: (suite: string) => string) {
  for (const [suite, compliance] of Object.entries(SUITES))
    describe(suite, () => {
      const stores = createStores({ url: urlOf(suite), rotation, logger, upstreamIssuers: [ISSUER] });
      beforeAll(() => stores.start());
      afterAll(() => stores.stop());
      compliance(stores);
    });
  describe('keys', () => {
    const storage = createStorage({ url: urlOf('keys'), logger });
    beforeAll(() => storage.start());
    afterAll(() => storage.stop());
    keysCompliance((policy, clock) => createPrismaKeyStore(storage, policy, clock));
  });
}

describe('stores on SQLite', () => describeStores((suite) => `file:${join(folder, `${suite}.db`)}`));

const databases = new Map<string, Awaited<ReturnType<typeof realPostgres>>>();
for (const suite of [...Object.keys(SUITES), 'keys']) databases.set(suite, await realPostgres());
describe.skipIf([...databases.values()].some(({ skip }) => skip))('stores on PostgreSQL', () =>
  describeStores((suite) => databases.get(suite)!.url),
);

it('says that a database cannot be reached, as something that passes', async () => {
  const stores = createStores({ url: `file:${join(folder, 'closed.db')}`, rotation, logger });
  await expect(stores.accounts.isEmpty()).rejects.toBeInstanceOf(UnavailableError);
  expect(await stores.ready()).toMatchObject({ ready: false });
});
