import type { Prisma } from '@giggityflix/prisma';
import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import type { Factors } from './factors.ts';

export function createPrismaFactors(storage: Storage): Factors {
  return {
    authenticator: (accountId) =>
      storage.ask(async ({ authenticator }) => {
        const row = await authenticator.findUnique({ where: { accountId } });
        return row && { ...row, lastStep: Number(row.lastStep) };
      }),
    setAuthenticator: ({ accountId, secret, lastStep, createdAt }, hashes) =>
      storage.ask(async (client) => {
        const value = { secret, lastStep: BigInt(lastStep), createdAt };
        await untilSettled(() =>
          client.$transaction(async (transaction) => {
            await transaction.authenticator.upsert({
              where: { accountId },
              create: { accountId, ...value },
              update: value,
            });
            await replaceCodes(transaction, { accountId, hashes, at: createdAt });
            return true;
          }),
        );
      }),
    removeAuthenticator: (accountId) =>
      storage.ask((client) =>
        client.$transaction(async ({ authenticator, recoveryCode }) => {
          await recoveryCode.deleteMany({ where: { accountId } });
          return (await authenticator.deleteMany({ where: { accountId } })).count > 0;
        }),
      ),
    useStep: (accountId, step) =>
      storage.ask(async ({ authenticator }) => {
        const { count } = await authenticator.updateMany({
          where: { accountId, lastStep: { lt: BigInt(step) } },
          data: { lastStep: BigInt(step) },
        });
        return count > 0;
      }),
    setRecoveryCodes: (accountId, hashes, at) =>
      storage.ask(async (client) => {
        await untilSettled(() =>
          client.$transaction(async (transaction) => {
            await replaceCodes(transaction, { accountId, hashes, at });
            return true;
          }),
        );
      }),
    useRecoveryCode: (accountId, hash, at) =>
      storage.ask(async ({ recoveryCode }) => {
        const { count } = await recoveryCode.updateMany({
          where: { accountId, hash, usedAt: null },
          data: { usedAt: at },
        });
        return count > 0;
      }),
    recoveryCodesLeft: (accountId) =>
      storage.ask(({ recoveryCode }) => recoveryCode.count({ where: { accountId, usedAt: null } })),
  };
}

async function replaceCodes(
  { recoveryCode }: Prisma.TransactionClient,
  { accountId, hashes, at }: { accountId: string; hashes: readonly string[]; at: Date },
): Promise<void> {
  await recoveryCode.deleteMany({ where: { accountId } });
  await recoveryCode.createMany({ data: hashes.map((hash) => ({ accountId, hash, createdAt: at })) });
}
