import { EnvironmentError, type RawEnvironment } from '@giggityflix/kernel';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';

const problemsOf = (env: RawEnvironment): string => {
  try {
    readEnvironment(env);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message;
    throw error;
  }
  return '';
};

describe('the configuration', () => {
  it('has the documented defaults', () => {
    expect(readEnvironment({})).toMatchObject({
      http: { host: '0.0.0.0', port: 8080 },
      state: { kind: 'redis', redis: { host: 'localhost', port: 6379, db: 0 } },
      tokens: { secret: null, lifetimeMs: 3_600_000 },
      catalog: { url: 'http://localhost:8082' },
      entitlement: { kind: 'embedded', unknownAccounts: 'refuse' },
      maxConcurrentStreams: 4,
      sessionTimeoutMs: 86_400_000,
      heartbeatIntervalMs: 30_000,
    });
  });

  it('honours every documented variable', () => {
    const config = readEnvironment({
      SERVER_PORT: '9090',
      REDIS_ADDR: 'redis.internal:6380',
      REDIS_PASSWORD: 'pw',
      REDIS_DB: '3',
      POSTGRES_ENABLED: 'true',
      POSTGRES_HOST: 'db.internal',
      POSTGRES_PORT: '6432',
      POSTGRES_USER: 'viewer',
      POSTGRES_PASSWORD: 'p@ss/word',
      POSTGRES_DB: 'viewing',
      JWT_SECRET: 'my-secret-key',
      JWT_EXPIRATION: '1h30m',
      IDENTITY_SERVICE_URL: 'http://identity:8081',
      CONTENT_SERVICE_URL: 'http://content:8082',
      MAX_CONCURRENT_STREAMS: '2',
      SESSION_TIMEOUT: '12h',
      HEARTBEAT_INTERVAL: '10s',
    });
    expect(config).toMatchObject({
      http: { port: 9090 },
      state: { redis: { host: 'redis.internal', port: 6380, password: 'pw', db: 3 } },
      databaseUrl: 'postgresql://viewer:p%40ss%2Fword@db.internal:6432/viewing',
      tokens: { secret: 'my-secret-key', lifetimeMs: 5_400_000 },
      entitlement: { kind: 'http', upstream: { url: 'http://identity:8081' }, whenUnavailable: 'closed' },
      catalog: { url: 'http://content:8082' },
      maxConcurrentStreams: 2,
      sessionTimeoutMs: 43_200_000,
      heartbeatIntervalMs: 10_000,
    });
  });

  it('refuses in production what is only safe at home', () => {
    const production = { NODE_ENV: 'production' };
    for (const secret of ['default-secret-change-in-production', 'my-secret-key', 'x'.repeat(31)]) {
      expect(problemsOf({ ...production, JWT_SECRET: secret })).toContain('JWT_SECRET');
      expect(problemsOf({ JWT_SECRET: secret })).toBe('');
    }
    expect(problemsOf({ ...production, JWT_SECRET: 'x'.repeat(32) })).toBe('');
    expect(problemsOf({ ...production, AUTH_MODE: 'demo' })).toContain('AUTH_MODE');
    expect(problemsOf({ ...production, UNKNOWN_ACCOUNTS: 'entitle' })).toContain('UNKNOWN_ACCOUNTS');
  });

  it('names every problem at once, and no secret', () => {
    const message = problemsOf({
      SERVER_PORT: '99999',
      REDIS_ADDR: 'a:b:c',
      JWT_EXPIRATION: 'soon',
      MAX_CONCURRENT_STREAMS: '0',
      CONTENT_SERVICE_URL: 'ftp://x',
      DATABASE_URL: 'mysql://x',
      JWT_SECRET: '',
    });
    for (const name of [
      'SERVER_PORT',
      'REDIS_ADDR',
      'JWT_EXPIRATION',
      'MAX_CONCURRENT_STREAMS',
      'CONTENT_SERVICE_URL',
      'DATABASE_URL',
      'JWT_SECRET',
    ])
      expect(message).toContain(name);
    expect(problemsOf({ ACCOUNTS_PATH: '/nowhere.json' })).toContain('ACCOUNTS_PATH');
    expect(problemsOf({ PLAYBACK_SIGNING_KEY: 'hunter2' })).toMatch(/^(?!.*hunter2).*PLAYBACK_SIGNING_KEY/s);
    expect(problemsOf({ TRUSTED_PROXIES: '10.0.0.0/8, ::1, proxy' })).toContain('"proxy"');
    expect(problemsOf({ TRUSTED_PROXIES: '10.0.0.0/33' })).toContain('TRUSTED_PROXIES');
    expect(problemsOf({ TURN_SERVERS: 'turn:t:3478' })).toContain('TURN_SECRET');
    expect(problemsOf({ STUN_SERVERS: 'http://x' })).toContain('STUN_SERVERS');
  });
});
