import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StackConfig } from './environment.ts';
import { supergraphFile } from './hub-environment.ts';
import { writeSupergraph } from './supergraph.ts';

let config: StackConfig;
beforeEach(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'supergraph-'));
  config = {
    dataDir,
    identityUrl: null,
    ports: { catalog: 8082, tracker: 8000, viewing: 8080 },
  } as StackConfig;
});
afterEach(() => rm(config.dataDir, { recursive: true }));

it('composes once, and again when a subgraph moves or the file is gone', async () => {
  const path = supergraphFile(config);
  await writeSupergraph(config);
  const composed = await readFile(path, 'utf8');
  expect(composed).toContain('@join__graph(name: "tracker", url: "http://127.0.0.1:8000/graphql")');

  await writeFile(path, 'what was composed before');
  await writeSupergraph(config);
  expect(await readFile(path, 'utf8')).toBe('what was composed before');

  await rm(path);
  await writeSupergraph(config);
  expect(await readFile(path, 'utf8')).toBe(composed);

  await writeSupergraph({ ...config, ports: { ...config.ports, tracker: 8001 } });
  expect(await readFile(path, 'utf8')).toContain('http://127.0.0.1:8001/graphql');
});

it('has people where they sign in', async () => {
  const path = supergraphFile(config);
  await writeSupergraph(config);
  expect(await readFile(path, 'utf8')).not.toContain('me: Account!');
  const ports = { ...config.ports, identity: 8081 };
  await writeSupergraph({ ...config, ports, identityUrl: 'http://192.168.1.7:8081' });
  const composed = await readFile(path, 'utf8');
  expect(composed).toContain('@join__graph(name: "identity", url: "http://127.0.0.1:8081/graphql")');
  expect(composed).toContain('me: Account!');
});
