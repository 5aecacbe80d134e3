import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

/** Where the issuer's public keys lie, below the data folder. */
export const ISSUER_JWKS_PATH = 'auth/jwks.json';
const ISSUER_KEY_PATH = 'auth/issuer.jwk.json';

/** Made once for each data folder: the development issuer of `npm start`, in place of an identity provider. */
export async function ensureIssuer(dataDir: string): Promise<JWK> {
  const keyPath = join(dataDir, ISSUER_KEY_PATH);
  const existing = readJson(keyPath);
  if (existing) return existing;
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const key: JWK = { ...(await exportJWK(privateKey)), alg: 'EdDSA', use: 'sig', kid: crypto.randomUUID() };
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
