import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentError, RawEnvironment } from '@giggityflix/kernel';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'identity-environment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: unknown) => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const problemsOf = (env: RawEnvironment): string => {
  try {
    readEnvironment(env);
    return '';
  } catch (error) {
    return (error as EnvironmentError).problems.join('\n');
  }
};

describe('the environment', () => {
  it('has defaults with which the platform on one machine finds it', () => {
    expect(readEnvironment({})).toMatchObject({
      http: { port: 8081, guard: { hosts: ['localhost:8081'], origins: ['http://localhost:4000'] } },
      issuer: 'http://localhost:8081',
      audience: 'giggityflix',
      databaseUrl: 'file:.data/identity.db',
      clients: [{ kind: 'app', id: 'giggityflix-page', redirect_uris: ['http://localhost:4000/'] }],
    });
  });

  it('takes an issuer that is an origin alone, and in production one with TLS', () => {
    for (const issuer of [
      'giggityflix',
      'https://id.example/',
      'https://id.example/auth',
      'ftp://id.example',
    ])
      expect(problemsOf({ AUTH_ISSUER: issuer }), issuer).toContain('AUTH_ISSUER is invalid');
    const production = { NODE_ENV: 'production' };
    expect(problemsOf({ ...production, AUTH_ISSUER: 'http://id.example' })).toContain('AUTH_ISSUER is http');
    expect(problemsOf({ AUTH_ISSUER: 'http://192.168.1.5:8081' })).toBe('');
    expect(problemsOf({ ...production, AUTH_ISSUER: 'https://id.example' })).toBe('');
    expect(problemsOf({ ...production, AUTH_ISSUER: 'http://localhost:8081' })).toBe('');
  });

  it('refuses access tokens that live as long as it is remembered that they were taken back', () => {
    expect(problemsOf({ ACCESS_TOKEN_LIFETIME: '59m' })).toBe('');
    for (const lifetime of ['1h', '24h'])
      expect(problemsOf({ ACCESS_TOKEN_LIFETIME: lifetime })).toMatch(
        /ACCESS_TOKEN_LIFETIME is invalid: .*taken back/,
      );
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://tv.example/#x',
    'https://*.tv.example/',
    'https://user:secret@tv.example/',
    'tv:signed-in',
    'nonsense',
  ])('refuses %s as an address that codes are sent to', (uri) => {
    expect(problemsOf({ PAGE_REDIRECT_URIS: uri })).toContain('PAGE_REDIRECT_URIS is invalid');
    const clients = file('unsafe.json', [{ kind: 'app', id: 'tv', name: 'TV', redirect_uris: [uri] }]);
    expect(problemsOf({ CLIENTS_PATH: clients })).toContain('CLIENTS_PATH is invalid');
  });

  it('takes addresses of the web and of applications', () => {
    const uris = ['https://tv.example/in', 'http://192.168.1.5:4000/', 'com.example.tv:/in'];
    expect(problemsOf({ PAGE_REDIRECT_URIS: uris.join(',') })).toBe('');
  });

  it('refuses clients that share a name, have the name of the audience, or a secret that can be guessed', () => {
    const backend = { kind: 'backend', id: 'reports', name: 'Reports', secret: 'long-enough-to-be-one' };
    const problems = (...clients: object[]) => problemsOf({ CLIENTS_PATH: file('clients.json', clients) });
    expect(problems(backend)).toBe('');
    expect(problems(backend, backend)).toContain('is there twice');
    expect(problems({ ...backend, id: 'giggityflix' })).toContain('AUTH_AUDIENCE');
    expect(problems({ ...backend, id: 'giggityflix-page' })).toContain('is there twice');
    const guessed = problems({ ...backend, secret: 'short' });
    expect(guessed).toContain('cannot be guessed');
    expect(guessed).not.toContain('short');
    expect(problems({ ...backend, roles: ['service'] })).toContain('CLIENTS_PATH is invalid');
    expect(problemsOf({ CLIENTS_PATH: join(folder, 'none.json') })).toContain('CLIENTS_PATH is invalid');
  });

  it('reads plans, and says what is wrong with them', () => {
    const plans = { family: { max_concurrent_streams: 6, regions: ['US'] }, free: {} };
    expect(readEnvironment({ PLANS_PATH: file('plans.json', plans) }).plans).toEqual(plans);
    const wrong = { family: { regions: ['us'] } };
    expect(problemsOf({ PLANS_PATH: file('plans.json', wrong) })).toContain('family.regions');
  });
});
