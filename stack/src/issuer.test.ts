import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createAuthenticator } from '@giggityflix/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureIssuer, ISSUER_JWKS_PATH, issueToken } from './issuer.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'issuer-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the development issuer', () => {
  it('signs tokens that the services accept', async () => {
    const key = await ensureIssuer(directory);
    const token = await issueToken(key, { userId: 'alice', roles: ['viewer', 'operator'], hours: 1 });
    const authenticator = createAuthenticator({
      mode: 'jwt',
      jwksUrl: pathToFileURL(join(directory, ISSUER_JWKS_PATH)).href,
      issuer: 'giggityflix',
      audience: 'giggityflix',
      serviceTokens: [],
    });
    expect(await authenticator.authenticate(`Bearer ${token}`)).toMatchObject({
      userId: 'alice',
      roles: ['viewer', 'operator'],
    });
  });

  it('keeps its key, readable by its owner alone', async () => {
    const first = await ensureIssuer(directory);
    expect(await ensureIssuer(directory)).toEqual(first);
    expect(statSync(join(directory, 'auth/issuer.jwk.json')).mode & 0o077).toBe(0);
  });
});
