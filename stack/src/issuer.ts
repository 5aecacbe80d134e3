import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JWK } from 'jose';

/** Where the issuer's public keys lie, below the data folder. */
export const ISSUER_JWKS_PATH = 'auth/jwks.json';
const ISSUER_KEY_PATH = 'auth/issuer.jwk.json';

/** Made once for each data folder: the development issuer of `npm start`, in place of an identity provider. */
export function ensureIssuer(dataDir: string): JWK {
  const keyPath = join(dataDir, ISSUER_KEY_PATH);
  const existing = readJson(keyPath);
  if (existing) return existing;
  const pair = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const key: JWK = { ...(pair as JWK), alg: 'EdDSA', use: 'sig', kid: randomUUID() };
  const { d: _private, ...publicKey } = key;
  writeAtomically(join(dataDir, ISSUER_JWKS_PATH), JSON.stringify({ keys: [publicKey] }), 0o644);
  writeAtomically(keyPath, JSON.stringify(key), 0o600);
  return key;
}

/** Signs a client's token, for trying out other users and roles than the demo user's. */
export async function issueToken(
  key: JWK,
  options: { userId: string; roles: readonly string[]; hours: number },
): Promise<string> {
  // The supervisor of `npm start` makes the key, and signs nothing.
  const { importJWK, SignJWT } = await import('jose');
  return new SignJWT({ roles: [...options.roles] })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid })
    .setSubject(options.userId)
    .setIssuer('giggityflix')
    .setAudience('giggityflix')
    .setIssuedAt()
    .setExpirationTime(`${options.hours}h`)
    .sign(await importJWK(key, 'EdDSA'));
}

function readJson(path: string): JWK | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`cannot read ${path}: ${(error as Error).message}`);
  }
}

function writeAtomically(path: string, content: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content, { mode });
  renameSync(temporary, path);
}
