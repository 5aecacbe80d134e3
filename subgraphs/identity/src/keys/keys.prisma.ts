import { planRotation, type RotationPolicy } from '@giggityflix/kernel';
import type { Prisma } from '@giggityflix/prisma';
import type { JWK } from 'jose';
import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import { type KeySet, type KeyStore, newKey } from './keys.ts';

/** What was encrypted is to be read for ever. */
const NO_ROTATION: RotationPolicy = { periodMs: Number.POSITIVE_INFINITY, leadMs: 0, overlapMs: 0 };

/** Keeps the keys in the database. Whoever can read it can sign. */
export function createPrismaKeyStore(
  storage: Storage,
  policy: RotationPolicy,
  clock: () => number = Date.now,
): KeyStore {
  return {
    current: (purpose) =>
      storage.ask(({ providerKey }) =>
        untilSettled(async (): Promise<KeySet | null> => {
          const rows = await providerKey.findMany({ where: { purpose }, orderBy: { number: 'asc' } });
          const keys = rows.map(({ id, jwk, createdAt }) => ({
            kid: id,
            jwk: jwk as unknown as JWK,
            createdAt: Number(createdAt),
          }));
          const { keep, needsNew, signer } = planRotation(
            keys,
            clock(),
            purpose === 'factors' ? NO_ROTATION : policy,
          );
          if (!needsNew && signer) return { signer, all: keep };
          const kept = new Set(keep.map(({ kid }) => kid));
          const gone = keys.flatMap(({ kid }) => (kept.has(kid) ? [] : [kid]));
          if (gone.length > 0) await providerKey.deleteMany({ where: { id: { in: gone } } });
          const { kid, jwk, createdAt } = await newKey(purpose, clock());
          // Another process that makes the next key at the same time has the same number: one of the two is stored.
          await providerKey.create({
            data: {
              id: kid,
              purpose,
              jwk: jwk as Prisma.InputJsonObject,
              createdAt: BigInt(createdAt),
              number: (rows.at(-1)?.number ?? 0) + 1,
            },
          });
          return null;
        }),
      ),
  };
}
