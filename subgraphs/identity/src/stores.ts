import type { Logger, RotationPolicy, Service } from '@giggityflix/kernel';
import { createPrismaAccounts } from './accounts/accounts.prisma.ts';
import type { Accounts } from './accounts/accounts.ts';
import { fillLooks } from './accounts/looks.prisma.ts';
import { createPrismaAuditLog } from './audit/audit.prisma.ts';
import type { AuditLog } from './audit/audit.ts';
import { createPrismaCredentials } from './credentials/credentials.prisma.ts';
import type { Credentials } from './credentials/credentials.ts';
import { createPrismaUpstreamLinks } from './credentials/upstream-links.prisma.ts';
import type { UpstreamLinks } from './credentials/upstream-links.ts';
import { createStorage } from './database/database.ts';
import { createPrismaDevices } from './devices/devices.prisma.ts';
import type { Devices } from './devices/devices.ts';
import { createPrismaPendingChanges } from './events/pending.prisma.ts';
import type { PendingChanges } from './events/pending.ts';
import { createPrismaFactors } from './factors/factors.prisma.ts';
import type { Factors } from './factors/factors.ts';
import { createPrismaFailures } from './failures/failures.prisma.ts';
import type { Failures } from './failures/failures.ts';
import { createPrismaInvitations } from './invitations/invitations.prisma.ts';
import type { Invitations } from './invitations/invitations.ts';
import { createPrismaSignUps } from './invitations/sign-ups.prisma.ts';
import type { SignUps } from './invitations/sign-ups.ts';
import { createPrismaKeyStore } from './keys/keys.prisma.ts';
import type { KeyStore } from './keys/keys.ts';
import { createPrismaProfiles } from './profiles/profiles.prisma.ts';
import type { Profiles } from './profiles/profiles.ts';
import { createPrismaRecords } from './records/records.prisma.ts';
import type { ProviderRecords } from './records/records.ts';
import { createPrismaRenewals } from './renewals/renewals.prisma.ts';
import type { Renewals } from './renewals/renewals.ts';

/** Everything that lasts, in one database that is open between `start` and `stop`. */
export interface Stores extends Service {
  accounts: Accounts;
  credentials: Credentials;
  upstreamLinks: UpstreamLinks;
  factors: Factors;
  invitations: Invitations;
  signUps: SignUps;
  devices: Devices;
  profiles: Profiles;
  audit: AuditLog;
  failures: Failures;
  keys: KeyStore;
  records: ProviderRecords;
  renewals: Renewals;
  pendingChanges: PendingChanges;
}

export function createStores(options: {
  /** `file:…` or `postgresql://…`. */
  url: string;
  rotation: RotationPolicy;
  logger: Logger;
  /** Of other providers by which people sign in. */
  upstreamIssuers?: readonly string[];
  clock?: () => number;
}): Stores {
  const { upstreamIssuers = [] } = options;
  const storage = createStorage(options);
  return {
    async start() {
      await storage.start();
      await fillLooks(storage);
    },
    stop: storage.stop,
    ready: storage.ready,
    accounts: createPrismaAccounts(storage),
    credentials: createPrismaCredentials(storage, upstreamIssuers),
    upstreamLinks: createPrismaUpstreamLinks(storage, upstreamIssuers),
    factors: createPrismaFactors(storage),
    invitations: createPrismaInvitations(storage),
    signUps: createPrismaSignUps(storage),
    devices: createPrismaDevices(storage),
    profiles: createPrismaProfiles(storage),
    audit: createPrismaAuditLog(storage),
    failures: createPrismaFailures(storage),
    keys: createPrismaKeyStore(storage, options.rotation, options.clock),
    records: createPrismaRecords(storage),
    renewals: createPrismaRenewals(storage),
    pendingChanges: createPrismaPendingChanges(storage),
  };
}
