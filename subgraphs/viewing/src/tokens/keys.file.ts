import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { planRotation, type RotationPolicy } from '@giggityflix/kernel';
import { z } from 'zod';
import { type KeyStore, newSigningKey, type SigningKey } from './keys.ts';

export const keyFile = z.array(
  z.object({
    kid: z.string(),
    jwk: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() }),
    createdAt: z.number(),
  }),
);

/** A lock whose holder has not finished within this is taken over, in milliseconds. */
const LOCK_STALE_MS = 5_000;

/** Keeps the keys in a file that only its owner may read. Processes of one machine may share it. */
export function createFileKeyStore(
  path: string,
  policy: RotationPolicy,
  clock: () => number = Date.now,
): KeyStore {
  const read = (): SigningKey[] => {
    try {
      return keyFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new Error(
        `${path} does not hold signing keys: ${error instanceof Error ? error.message : error}`,
      );
    }
  };
  const write = (keys: readonly SigningKey[]) => {
    const temporary = `${path}.${randomUUID()}`;
    writeFileSync(temporary, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  };
  return {
    async current() {
      let plan = planRotation(read(), clock(), policy);
      if (plan.needsNew) {
        const fresh = await newSigningKey(clock());
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        await withFileLock(`${path}.lock`, () => {
          // Another process may have made one while this one waited.
          plan = planRotation(read(), clock(), policy);
          if (plan.needsNew) write([...plan.keep, fresh]);
        });
        plan = planRotation(read(), clock(), policy);
      }
      if (!plan.signer) throw new Error(`no signing key in ${path}`);
      return { signer: plan.signer, all: plan.keep };
    },
  };
}

async function withFileLock(lock: string, work: () => void): Promise<void> {
  const mine = `${lock}.${randomUUID()}`;
  writeFileSync(mine, String(process.pid), { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(mine, lock);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
        if (age > LOCK_STALE_MS) rmSync(lock, { force: true });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    try {
      work();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}
