import { isDuplicate, untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import type { Credentials, Passkey } from './credentials.ts';

export function createPrismaCredentials(
  storage: Storage,
  /** Of other providers by which people sign in. */
  upstreamIssuers: readonly string[],
): Credentials {
  return {
    passwordHash: (accountId) =>
      storage.ask(
        async ({ passwordCredential }) =>
          (await passwordCredential.findUnique({ where: { accountId } }))?.hash ?? null,
      ),
    setPassword: (accountId, hash, at) =>
      storage.ask(async ({ passwordCredential }) => {
        const value = { hash, changedAt: at };
        await passwordCredential.upsert({
          where: { accountId },
          create: { accountId, ...value },
          update: value,
        });
      }),
    findPasskey: (id) =>
      storage.ask(async ({ passkey }) => {
        const row = await passkey.findUnique({ where: { id } });
        return row && fromRow(row);
      }),
    passkeysOf: (accountId) =>
      storage.ask(async ({ passkey }) =>
        (await passkey.findMany({ where: { accountId }, orderBy: { createdAt: 'asc' } })).map(fromRow),
      ),
    addPasskey: (added) =>
      storage.ask(async ({ passkey }) => {
        try {
          await passkey.create({ data: passkeyRow(added) });
          return true;
        } catch (error) {
          if (isDuplicate(error)) return false;
          throw error;
        }
      }),
    usePasskey: (id, counter, at) =>
      storage.ask(async ({ passkey }) => {
        const before = counter === 0 ? 0n : { lt: BigInt(counter) };
        const { count } = await passkey.updateMany({
          where: { id, counter: before },
          data: { counter: BigInt(counter), lastUsedAt: at },
        });
        return count > 0;
      }),
    renamePasskey: (accountId, id, name) =>
      storage.ask(
        async ({ passkey }) =>
          (await passkey.updateMany({ where: { accountId, id }, data: { name } })).count > 0,
      ),
    removePasskey: (accountId, id) =>
      storage.ask((client) =>
        untilSettled(() =>
          client.$transaction(
            async ({ passkey, passwordCredential, upstreamLink }) => {
              const rest =
                (await passkey.count({ where: { accountId, id: { not: id } } })) +
                (await passwordCredential.count({ where: { accountId } })) +
                (await upstreamLink.count({ where: { accountId, issuer: { in: [...upstreamIssuers] } } }));
              if (rest === 0) return false;
              return (await passkey.deleteMany({ where: { accountId, id } })).count > 0;
            },
            { isolationLevel: 'Serializable' },
          ),
        ),
      ),
  };
}

interface Row extends Omit<Passkey, 'counter' | 'transports'> {
  counter: bigint;
  transports: unknown;
}

function fromRow(row: Row): Passkey {
  const { id, accountId, publicKey, counter, transports, name, createdAt, lastUsedAt } = row;
  return {
    id,
    accountId,
    publicKey,
    counter: Number(counter),
    transports: transports as string[],
    name,
    createdAt,
    lastUsedAt,
  };
}

export function passkeyRow(passkey: Omit<Passkey, 'lastUsedAt'>) {
  return { ...passkey, counter: BigInt(passkey.counter) };
}
