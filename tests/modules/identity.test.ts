import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, ROOT, spawnGuarded, untilServing } from '@giggityflix/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { matches, packagesOf } from './loaded.ts';

const PROGRAM = 'subgraphs/identity/src/main.ts';
/** What it needs for someone who does something, or for another configuration than that of one machine. */
const FOREIGN = [
  ['kafkajs', 'ioredis', 'pg', '@prisma/adapter-pg', '@opentelemetry/sdk-trace', '@opentelemetry/exporter-*'],
  ['@apollo/*', '@graphql-tools/*', '@grpc/*', 'protobufjs', 'undici', 'mediabunny', 'node-datachannel'],
  ['@node-rs/*', '@simplewebauthn/*', 'otpauth', 'openid-client', 'qrcode'],
].flat();

const folder = mkdtempSync(join(tmpdir(), 'giggityflix-identity-modules-'));
beforeAll(async () => {
  const [port] = (await freePorts(1)) as [number];
  const identity = spawnGuarded(process.execPath, [PROGRAM], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'record.ts')}`,
      MODULES_RECORD: folder,
      HOST: '127.0.0.1',
      PORT: String(port),
      AUTH_ISSUER: `http://localhost:${port}`,
      BUS: 'embedded',
      BUS_PATH: join(folder, 'bus.db'),
      DATABASE_URL: `file:${join(folder, 'identity.db')}`,
    },
  });
  await untilServing('identity', identity, async () => {
    const { status } = await fetch(`http://127.0.0.1:${port}/ready`);
    if (status !== 200) throw new Error(`/ready answers ${status}`);
  });
  await identity.stop();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('loads at its start only what it uses then', () => {
  const loaded = packagesOf(folder, PROGRAM);
  expect([...loaded]).toEqual(expect.arrayContaining(['subgraphs/identity', 'oidc-provider']));
  expect([...loaded].filter((name) => FOREIGN.some((pattern) => matches(name, pattern))).sort()).toEqual([]);
});
