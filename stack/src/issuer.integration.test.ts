import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createAuthenticator } from '@giggityflix/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureIssuer, ISSUER_JWKS_PATH, issueToken } from './issuer.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'issuer-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the development issuer', () => {
  it('signs tokens that the services accept', async () => {
    const key = ensureIssuer(directory);
    const token = await issueToken(key, { userId: 'alice', roles: ['viewer', 'operator'], hours: 1 });
    const authenticator = createAuthenticator({
      mode: 'jwt',
      jwksUrl: pathToFileURL(join(directory, ISSUER_JWKS_PATH)).href,
      issuer: 'giggityflix',
      audience: 'giggityflix',
      serviceTokens: [],
      production: false,
    });
    expect(await authenticator.authenticate(`Bearer ${token}`)).toMatchObject({
      userId: 'alice',
      roles: ['viewer', 'operator'],
    });
  });

  it('keeps its key, readable by its owner alone', async () => {
    const first = ensureIssuer(directory);
    expect(ensureIssuer(directory)).toEqual(first);
    expect(statSync(join(directory, 'auth/issuer.jwk.json')).mode & 0o077).toBe(0);
  });
});

describe('npm run token', () => {
  it.each([
    ['a role there is not', ['--role', 'boss'], '--role is viewer or operator, not "boss"'],
    ['no time at all', ['--hours', '0'], '--hours is a number above 0'],
    ['an option there is not', ['--admin'], "Unknown option '--admin'"],
  ])('refuses %s and prints its usage', (_what, options, message) => {
    const token = spawnSync(process.execPath, [join(import.meta.dirname, 'token.ts'), ...options], {
      env: { STACK_DATA_DIR: directory },
      encoding: 'utf8',
    });
    expect([token.status, token.stdout]).toEqual([1, '']);
    expect(token.stderr).toContain(message);
    expect(token.stderr).toContain('npm run token --');
  });
});
