import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, readiness, realPostgres, realRedisCluster, runScript } from '@giggityflix/testing';
import { Cluster } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './command.ts';
import { signIn, signUp } from './sign-in.ts';

const WAIT = { timeout: 120_000, interval: 100 };
const postgres = await realPostgres();
const redis = await realRedisCluster();

/** What is kept, and what is not. */
const KEPT = {
  'gf:edge:peer-key:{films}': 'a key',
  'gf:edge:{members}:barred:someone': '1',
  'tracker:{m}:member:someone': 'a member',
  'tracker:{o7}:subs:anna': 'a subscription',
  'viewing:signing-keys': 'keys',
};
const REBUILT = {
  'tracker:{p1}:peer:x': 'here',
  'viewing:{001}:session:y': 'now',
  'others:app': 'no concern of ours',
};

describe.skipIf(postgres.skip || redis.skip)('an installation that was backed up while it ran', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-backup-'));
  const backup = join(directory, 'backup');
  const environmentFile = join(directory, 'identity.env');
  const secretFile = join(directory, 'token');
  let environment: Record<string, string>;
  let issuer: string;
  let client: Cluster;

  beforeAll(async () => {
    const [port] = (await freePorts(1)) as [number];
    issuer = `http://localhost:${port}`;
    environment = {
      HOST: '127.0.0.1',
      PORT: String(port),
      AUTH_ISSUER: issuer,
      BUS: 'embedded',
      BUS_PATH: join(directory, 'bus.db'),
      DATABASE_URL: postgres.url,
      PAGE_REDIRECT_URIS: 'http://localhost:4000/',
      SERVICE_TOKENS_FILE: secretFile,
      REDIS_CLUSTER_NODES: redis.nodes.join(','),
      LOG_LEVEL: 'warn',
    };
    writeFileSync(secretFile, 'a-token-of-many-characters', { mode: 0o600 });
    writeFileSync(
      environmentFile,
      Object.entries(environment)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    client = new Cluster(
      redis.nodes.map((node) => ({ host: node.split(':')[0]!, port: Number(node.split(':')[1]) })),
    );
    for (const [key, value] of Object.entries({ ...KEPT, ...REBUILT })) await client.set(key, value);
    await client.pexpire('tracker:{o7}:subs:anna', 3_600_000);
  });
  afterAll(async () => {
    client?.disconnect();
    rmSync(directory, { recursive: true, force: true });
  });

  const restore = (...args: string[]) =>
    runCommand('restore.ts', ['--from', backup, '--env-file', environmentFile, ...args]);
  const startIdentity = async () => {
    const identity = runScript('subgraphs/identity/src/main.ts', environment);
    await expect.poll(() => readiness(issuer), WAIT).toBe('ready');
    return identity;
  };
  const signedIn = () => signIn(issuer, 'http://localhost:4000/', 'anna');

  it('comes back from nothing with accounts, keys and what Redis alone has', {
    timeout: 240_000,
  }, async () => {
    let identity = await startIdentity();
    expect(await signUp(/http:\/\/\S+\/invitation\/[\w-]+/.exec(identity.output())![0], 'anna')).toBe(201);
    const keys = await (await fetch(`${issuer}/.well-known/jwks.json`)).text();
    const made = await runCommand('backup.ts', ['--to', backup, '--env-file', environmentFile]);
    expect([made.code, made.err]).toEqual([0, '']);

    client.disconnect();
    expect((await restore('--force')).err).toContain('programs are connected to the database of identity');
    await identity.end();
    expect((await restore()).err).toContain('is not empty: add --force');

    await destroy();
    const restored = await restore();
    expect([restored.code, restored.err]).toEqual([0, '']);
    expect(readFileSync(secretFile, 'utf8')).toBe('a-token-of-many-characters');
    expect(statSync(secretFile).mode & 0o777).toBe(0o600);
    identity = await startIdentity();
    expect(await signedIn()).toMatch(/^ey/);
    expect(await (await fetch(`${issuer}/.well-known/jwks.json`)).text()).toBe(keys);
    await identity.end();

    await client.connect();
    for (const [key, value] of Object.entries(KEPT))
      expect([key, await client.get(key)]).toEqual([key, value]);
    for (const key of Object.keys(REBUILT)) expect(await client.exists(key)).toBe(0);
    expect(await client.pttl('tracker:{o7}:subs:anna')).toBeGreaterThan(0);
    expect(await client.pttl('viewing:signing-keys')).toBe(-1);
  });

  it('is left as it is where a part was damaged', async () => {
    const part = join(backup, 'redis.jsonl');
    writeFileSync(part, readFileSync(part, 'utf8').replace('signing', 'singing'));
    client.disconnect();
    const { code, err } = await restore('--force');
    expect([code, err]).toEqual([1, expect.stringContaining('redis.jsonl has other contents')]);
  });

  /** As if new servers had been bought. */
  async function destroy(): Promise<void> {
    const database = new pg.Client({ connectionString: postgres.url });
    await database.connect();
    await database.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await database.end();
    await client.connect();
    for (const node of client.nodes('master')) await node.flushall();
    client.disconnect();
    rmSync(secretFile);
  }
});
