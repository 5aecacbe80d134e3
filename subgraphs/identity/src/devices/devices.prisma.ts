import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import type { Devices } from './devices.ts';

export function createPrismaDevices(storage: Storage): Devices {
  return {
    seen: ({ id, accountId, clientId, name, address }, at) =>
      storage.ask(async ({ signedInDevice }) => {
        await untilSettled(() =>
          signedInDevice.upsert({
            where: { id },
            create: { id, accountId, clientId, name, address, createdAt: at, lastSeenAt: at },
            update: { address, lastSeenAt: at },
          }),
        );
      }),
    find: (id) => storage.ask(({ signedInDevice }) => signedInDevice.findUnique({ where: { id } })),
    listOf: (accountId) =>
      storage.ask(({ signedInDevice }) =>
        signedInDevice.findMany({ where: { accountId }, orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }] }),
      ),
    choose: (id, profileId) =>
      storage.ask(
        async ({ signedInDevice }) =>
          (await signedInDevice.updateMany({ where: { id }, data: { profileId } })).count > 0,
      ),
    remove: (id) =>
      storage.ask(
        async ({ signedInDevice }) => (await signedInDevice.deleteMany({ where: { id } })).count > 0,
      ),
  };
}
