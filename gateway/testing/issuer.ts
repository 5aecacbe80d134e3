import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AuthConfig } from '@giggityflix/http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { DEMO_AUTH } from './subgraph.ts';

export interface TestIssuer {
  readonly auth: AuthConfig;
  /** An `Authorization` header for `ann`. */
  bearer(claims: Record<string, unknown>, secondsValid?: number): Promise<string>;
  remove(): void;
}

/** Signs tokens with a key of its own, which `auth` trusts. */
export async function createTestIssuer(): Promise<TestIssuer> {
  const directory = mkdtempSync(join(tmpdir(), 'issuer-'));
  const path = join(directory, 'jwks.json');
  const { privateKey, publicKey } = await generateKeyPair('EdDSA');
  const key = { ...(await exportJWK(publicKey)), alg: 'EdDSA', kid: '1' };
  writeFileSync(path, JSON.stringify({ keys: [key] }));
  const auth: AuthConfig = { ...DEMO_AUTH, mode: 'jwt', jwksUrl: pathToFileURL(path).href };
  return {
    auth,
    async bearer(claims, secondsValid = 600) {
      const token = await new SignJWT({ roles: ['viewer'], ...claims })
        .setProtectedHeader({ alg: 'EdDSA', kid: '1' })
        .setSubject('ann')
        .setIssuer(auth.issuer)
        .setAudience(auth.audience)
        .setExpirationTime(Math.floor(Date.now() / 1_000) + secondsValid)
        .sign(privateKey);
      return `Bearer ${token}`;
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}
