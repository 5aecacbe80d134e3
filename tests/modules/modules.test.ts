import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samplesShared, startStack } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matches, packagesOf } from './loaded.ts';

const GRAPHQL = ['graphql', 'graphql-ws', 'graphql-sse', '@apollo/*', '@graphql-tools/*', 'dataloader'];
const DATABASES = ['@prisma/*', 'pg'];
const MEDIA = ['mediabunny', 'node-datachannel'];
/** Of no use to anyone who runs embedded, without a collector, and reads no logs of a single process. */
const ELSEWHERE = [
  'kafkajs',
  'ioredis',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/exporter-*',
  'pino-pretty',
];

/** Program → packages, and workspaces, that it does not load to share the sample films. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  'stack/src/hub-main.ts': [
    ELSEWHERE,
    MEDIA,
    ['@grpc/*', 'pg', '@prisma/adapter-pg', '@apollo/composition'],
  ].flat(),
  'edge/src/main.ts': [
    ELSEWHERE,
    GRAPHQL,
    DATABASES,
    MEDIA,
    ['undici', 'protobufjs', 'fastify', 'jose', 'platform/graphql'],
  ].flat(),
  'matchmaker/src/main.ts': [
    ELSEWHERE,
    GRAPHQL,
    DATABASES,
    MEDIA,
    ['@grpc/*', 'undici', 'platform/bus', 'platform/graphql'],
  ].flat(),
  'peer/src/main.ts': [
    ELSEWHERE,
    GRAPHQL,
    DATABASES,
    ['undici', 'platform/bus', 'platform/graphql', '@achingbrain/nat-port-mapper'],
  ].flat(),
  'stack/src/main.ts': [
    ELSEWHERE,
    GRAPHQL,
    DATABASES,
    MEDIA,
    ['@grpc/*', 'fastify', 'zod', 'pino', 'platform/bus', 'platform/graphql', 'platform/http'],
  ].flat(),
};

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'giggityflix-modules-'));
  const stack = await startStack({
    env: {
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'record.ts')}`,
      MODULES_RECORD: folder,
    },
  });
  try {
    await samplesShared(stack);
  } finally {
    await stack.dispose();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a process of the all-in-one loads only what it uses', () => {
  it.each(Object.entries(FOREIGN))('%s', (program, foreign) => {
    const loaded = packagesOf(folder, program);
    // The record is there, and it holds what the program stands on.
    expect([...loaded]).toContain(program.split('/')[0]);
    expect([...loaded].filter((name) => foreign.some((pattern) => matches(name, pattern))).sort()).toEqual(
      [],
    );
  });
});
