import type { Logger, RotationPolicy, Service } from '@giggityflix/kernel';
import { createPrismaAccounts } from './accounts/accounts.prisma.ts';
import type { Accounts } from './accounts/accounts.ts';
import { createPrismaAuditLog } from './audit/audit.prisma.ts';
import type { AuditLog } from './audit/audit.ts';
import { createPrismaCredentials } from './credentials/credentials.prisma.ts';
import type { Credentials } from './credentials/credentials.ts';
import { createStorage } from './database/database.ts';
import { createPrismaDevices } from './devices/devices.prisma.ts';
import type { Devices } from './devices/devices.ts';
import { createPrismaFailures } from './failures/failures.prisma.ts';
import type { Failures } from './failures/failures.ts';
import { createPrismaInvitations } from './invitations/invitations.prisma.ts';
import type { Invitations } from './invitations/invitations.ts';
import { createPrismaSignUps } from './invitations/sign-ups.prisma.ts';
import type { SignUps } from './invitations/sign-ups.ts';
import { createPrismaKeyStore } from './keys/keys.prisma.ts';
import type { KeyStore } from './keys/keys.ts';
import { createPrismaRecords } from './records/records.prisma.ts';
import type { ProviderRecords } from './records/records.ts';

/** Everything that lasts, in one database that is open between `start` and `stop`. */
export interface Stores extends Service {
  accounts: Accounts;
  credentials: Credentials;
  invitations: Invitations;
  signUps: SignUps;
  devices: Devices;
  audit: AuditLog;
  failures: Failures;
  keys: KeyStore;
  records: ProviderRecords;
}

export function createStores(options: {
  /** `file:…` or `postgresql://…`. */
  url: string;
  rotation: RotationPolicy;
  logger: Logger;
  clock?: () => number;
}): Stores {
  const storage = createStorage(options);
  return {
    start: storage.start,
    stop: storage.stop,
    ready: storage.ready,
    accounts: createPrismaAccounts(storage),
    credentials: createPrismaCredentials(storage),
    invitations: createPrismaInvitations(storage),
    signUps: createPrismaSignUps(storage),
    devices: createPrismaDevices(storage),
    audit: createPrismaAuditLog(storage),
    failures: createPrismaFailures(storage),
    keys: createPrismaKeyStore(storage, options.rotation, options.clock),
    records: createPrismaRecords(storage),
  };
}
