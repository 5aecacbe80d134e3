import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createBus, on, resolveTopics, topicVariables } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import {
  freePorts,
  makeCertificate,
  realKafka,
  realPostgres,
  realRedis,
  realRedisCluster,
} from '@giggityflix/testing';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { openDatabase } from '../../prisma/src/index.ts';
import type { Finding } from '../../scripts/doctor/checks.ts';
import { type InstallationFlags, readInstalled } from '../../scripts/doctor/installation/context.ts';
import { clockFinding } from '../../scripts/doctor/installation/processes.ts';
import { INSTALLATION } from '../../scripts/doctor/installation/suite.ts';
import { certify } from '../stack/doctor-certificates.ts';
import { runCommand } from './command.ts';

const kafka = await realKafka();
const postgres = await realPostgres();
const redis = await realRedis();
const cluster = await realRedisCluster();
const logger = createLogger({ service: 'test', level: 'silent' });
const directory = mkdtempSync(join(tmpdir(), 'giggityflix-doctor-'));
const [closed] = (await freePorts(1)) as [number];
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What one of the checks says of an installation with these variables, a line for each finding. */
async function look(
  name: string,
  env: Record<string, string>,
  flags: InstallationFlags = {},
): Promise<string[]> {
  const file = join(directory, 'catalog.env');
  writeFileSync(
    file,
    Object.entries(env)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const check = INSTALLATION.find((each) => each.name === name)!;
  const findings = await check.run(readInstalled({}, { 'env-file': [file], ...flags }));
  for (const finding of findings) if (finding.level !== 'ok') expect(finding.remedy).toMatch(/\w/);
  return findings.map(lineOf);
}
const lineOf = ({ level, what }: Finding) => `${level}: ${what}`;
const problems = (lines: string[]) => lines.filter((line) => line.startsWith('problem'));

async function serve(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('processes', () => {
  const process = (answers: Record<string, [number, string]>) =>
    serve(
      createServer((request, response) => {
        const [status, body] = answers[request.url ?? ''] ?? [404, '{}'];
        response.writeHead(status).end(body);
      }),
    );
  const version = (text: string): [number, string] => [
    200,
    `giggityflix_build_info{version="${text}",node="24"} 1\n`,
  ];

  it('are ready, or say why they are not', async () => {
    const well = await process({ '/ready': [200, '{"status":"ready"}'] });
    const ill = await process({ '/ready': [503, '{"reason":"Redis is away"}'] });
    const partly = await process({ '/ready': [200, '{"status":"ready","unavailable":["viewing"]}'] });
    const service = [
      `a=http://127.0.0.1:${well}`,
      `b=http://127.0.0.1:${ill}`,
      `c=http://127.0.0.1:${closed}`,
    ];
    expect(await look('processes', {}, { service, url: `http://127.0.0.1:${partly}` })).toEqual([
      'problem: balancer serves without viewing',
      'ok: a is ready',
      'problem: b is not ready: Redis is away',
      `problem: c does not answer at http://127.0.0.1:${closed}`,
    ]);
  });

  it('run one version', async () => {
    const [one, same, other, shut] = await Promise.all([
      process({ '/metrics': version('1.2.3') }),
      process({ '/metrics': version('1.2.3') }),
      process({ '/metrics': version('1.2.4') }),
      process({ '/metrics': [403, ''] }),
    ]);
    const services = (...ports: number[]) => ports.map((port, index) => `s${index}=http://127.0.0.1:${port}`);
    expect(await look('versions', {}, { service: services(one, same) })).toEqual(['ok: all run 1.2.3']);
    expect(await look('versions', {}, { service: services(one, other, shut) })).toEqual([
      'warning: s2 shows its metrics to others',
      'problem: several versions run: 1.2.3 (s0); 1.2.4 (s1)',
    ]);
  });

  it('have clocks that agree', async () => {
    const late = createServer((_request, response) => {
      response.sendDate = false;
      response.setHeader('date', new Date(Date.now() - 90_000).toUTCString()).end();
    });
    const lines = await look('clocks', {}, { service: [`late=http://127.0.0.1:${await serve(late)}`] });
    expect(lines[0]).toMatch(
      /^problem: the clock of late is (8|9)\d\.\d s behind this machine's: tokens are refused$/,
    );
    expect([0, 5_000, -60_000].map((ahead) => clockFinding('x', ahead).level)).toEqual([
      'ok',
      'warning',
      'problem',
    ]);
  });
});

describe.skipIf(postgres.skip)('PostgreSQL', () => {
  const sql = async (text: string, url = postgres.url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(text);
    await client.end();
  };

  it('is reached, has all migrations, and takes every language', { timeout: 120_000 }, async () => {
    const ask = (url = postgres.url) => look('PostgreSQL', { DATABASE_URL: url });
    expect(problems(await ask())).toEqual(['problem: the database of catalog has no tables']);
    await (await openDatabase({ url: postgres.url, logger })).close();
    const well = await ask();
    expect(problems(well)).toEqual([]);
    expect(well).toContainEqual(expect.stringMatching(/^ok: .* has all \d+ migrations$/));
    await sql(`DELETE FROM "SchemaMigration" WHERE "name" = (SELECT max("name") FROM "SchemaMigration")`);
    expect(problems(await ask())[0]).toContain('lacks migrations');
    await sql(`INSERT INTO "SchemaMigration" ("name") VALUES ('9999_future')`);
    const closedUrl = new URL(postgres.url);
    closedUrl.port = String(closed);
    expect(problems(await ask(closedUrl.href))[0]).toContain('is not reached');
    const latin = `latin_${randomUUID().slice(0, 8)}`;
    const other = new URL(postgres.url);
    other.pathname = latin;
    await sql(`CREATE DATABASE ${latin} ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`);
    expect(problems(await ask(other.href))[0]).toContain('encoding LATIN1');
    await sql(`DROP DATABASE ${latin}`);
  });
});

describe.skipIf(redis.skip || cluster.skip)('Redis', () => {
  const ask = () => look('Redis', { REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) });
  it('is a store that keeps what it is given', { timeout: 120_000 }, async () => {
    const client = new Redis({ host: redis.host, port: redis.port });
    onTestFinished(() => client.disconnect());
    const well = await ask();
    expect(problems(well)).toEqual([]);
    expect(well.join()).toMatch(/has no replica.*append-only/);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await client.config('SET', 'maxmemory', '100mb');
    expect(problems(await ask())[0]).toContain('evicts keys');
    await client.config('SET', 'maxmemory', '0');
    await client.replicaof('127.0.0.1', closed);
    expect(problems(await ask())[0]).toContain('is a replica');
    await client.replicaof('NO', 'ONE');
    expect(
      problems(await look('Redis', { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(closed) }))[0],
    ).toContain('not reached');
  });

  it('as a Cluster serves all slots', { timeout: 120_000 }, async () => {
    const inCluster = () => look('Redis', { REDIS_CLUSTER_NODES: cluster.nodes.join(',') });
    const well = await inCluster();
    expect([problems(well), well[0]]).toEqual([[], 'ok: the Redis Cluster serves all slots']);
    const [host, port] = cluster.nodes[0]!.split(':') as [string, string];
    const node = new Redis({ host, port: Number(port) });
    onTestFinished(() => node.disconnect());
    await node.call('CLUSTER', 'DELSLOTS', '0');
    expect(problems(await inCluster())[0]).toContain('is not whole');
    await node.call('CLUSTER', 'ADDSLOTS', '0');
  });
});

describe.skipIf(kafka.skip)('Kafka', () => {
  const id = randomUUID();
  const names = Object.fromEntries(
    Object.keys(topicVariables).map((name, at) => [name, `doctor-${id}-${at}`]),
  );
  // Two names of one topic are one name.
  const env: Record<string, string> = {};
  const renamed = () => ({
    ...env,
    KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
    KAFKA_GROUP_ID: `doctor-${id}`,
    KAFKA_TOPIC_PARTITIONS: '3',
  });
  beforeAll(() => {
    for (const [name, value] of Object.entries(names))
      if (!/PATTERN|LIFECYCLE|CATALOG_UPDATES/.test(name)) env[name] = value;
  });

  it('has topics that can be written, and groups that consume', { timeout: 120_000 }, async () => {
    const ask = () => look('Kafka', renamed());
    expect(problems(await ask()).join()).toMatch(/topics do not exist: doctor-.*nobody of the group doctor-/);
    const config = {
      kind: 'kafka' as const,
      brokers: [kafka.bootstrapServers],
      partitions: 3,
      replicationFactor: 1,
      sessionTimeoutMs: 10_000,
      ssl: null,
      sasl: null,
    };
    const topics = resolveTopics(env);
    const admin = new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const [strict, ...others] = [...new Set(Object.values(env))];
    await admin.createTopics({
      topics: [
        ...others.map((topic) => ({ topic, numPartitions: 3, replicationFactor: 1 })),
        {
          topic: strict!,
          numPartitions: 2,
          replicationFactor: 1,
          configEntries: [{ name: 'min.insync.replicas', value: '2' }],
        },
      ],
    });
    await admin.disconnect();
    const bus = await createBus({ config, clientId: 'test', logger });
    await bus.start();
    await bus.consume({
      groupId: `doctor-${id}`,
      from: 'latest',
      routes: [on(topics.peerConnectionClosed, async () => {})],
    });
    const lines = await ask();
    await bus.stop();
    expect(problems(lines)).toEqual([
      `problem: fewer replicas are in sync than min.insync.replicas, and nothing can be published: ${strict}`,
    ]);
    expect(lines.join('\n')).toContain(`fewer than 3 partitions (KAFKA_TOPIC_PARTITIONS): ${strict}`);
    expect(lines.at(-1)).toMatch(/^ok: the group doctor-\S+ has 1 members, and is 0 events behind$/);
    const nowhere = await look('Kafka', { ...renamed(), KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${closed}` });
    expect(problems(nowhere)[0]).toContain('no broker of');
  });
});

it.each<[string, object | null, RegExp]>([
  [
    'keys',
    { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] },
    /^ok: .* has 1 key$/,
  ],
  ['no keys', { keys: [] }, /^problem: .* has no keys/],
  [
    'a secret',
    { keys: [{ kty: 'oct', k: Buffer.from('secret').toString('base64url') }] },
    /^problem: .* shows a secret/,
  ],
  ['half a key', { keys: [{ kty: 'OKP', crv: 'Ed25519' }] }, /^problem: .* is no key set/],
  ['nothing', null, /^problem: .* is no key set/],
])('reads a key set with %s', async (_what, set, expected) => {
  const file = join(directory, `${randomUUID()}.json`);
  if (set) writeFileSync(file, JSON.stringify(set));
  expect((await look('key sets', { AUTH_JWKS_URL: pathToFileURL(file).href }))[0]).toMatch(expected);
});

it('opens a subscription through the balancer', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({
    server,
    path: '/graphql',
    handleProtocols: () => 'graphql-transport-ws',
  });
  sockets.on('connection', (socket) =>
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data)) as { type: string };
      socket.send(JSON.stringify({ type: type === 'connection_init' ? 'connection_ack' : 'next', id: '1' }));
    }),
  );
  const url = `http://127.0.0.1:${await serve(server)}`;
  expect(await look('WebSockets', {}, { url })).toEqual([`ok: subscriptions pass ${url}`]);
  // As a balancer does that knows no WebSockets.
  const plain = await serve(createServer((_request, response) => void response.writeHead(400).end()));
  expect((await look('WebSockets', {}, { url: `http://127.0.0.1:${plain}` }))[0]).toMatch(
    /^problem: no subscription passes/,
  );
});

it('looks at the certificates of the balancer and in files', async () => {
  const { certPath, keyPath } = makeCertificate(directory, 'one');
  const { keyPath: otherKey } = makeCertificate(directory, 'other');
  const expired = certify({ name: 'localhost', days: -1 });
  const expiredPath = join(directory, 'expired.crt');
  const expiredKey = join(directory, 'expired.key');
  writeFileSync(expiredPath, expired.cert);
  writeFileSync(expiredKey, expired.key);
  const ofFiles = (cert: string, key: string) =>
    look('certificates', { TLS_CERT_PATH: cert, TLS_KEY_PATH: key });
  expect((await ofFiles(certPath, keyPath))[0]).toMatch(/^ok: .* is good until/);
  expect((await ofFiles(certPath, otherKey))[0]).toMatch(/^problem: .* is not for the key/);
  expect((await ofFiles(expiredPath, expiredKey))[0]).toMatch(/^problem: .* expired on/);
  expect((await ofFiles('/no.crt', '/no.key'))[0]).toMatch(/^problem: .* cannot be read/);
  const port = await serve(createSecureServer(expired) as never);
  const served = await look(
    'certificates',
    {},
    { url: `https://localhost:${port}`, edge: [`127.0.0.1:${closed}`] },
  );
  expect(served.join('\n')).toMatch(
    /problem: the certificate expired.*\nproblem: 127\.0\.0\.1 does not answer at port \d+/,
  );
  expect(await look('certificates', {}, { url: 'http://films.example' })).toEqual([
    expect.stringMatching(/^problem: .* is plain HTTP/),
  ]);
});

it('exits with 1 where something has to be fixed, and with 2 for what it does not know', {
  timeout: 120_000,
}, async () => {
  const url = `http://127.0.0.1:${closed}`;
  const { code, out } = await runCommand('doctor.ts', ['installation', '--url', url, '--json']);
  const { suite, checks } = JSON.parse(out) as {
    suite: string;
    checks: { check: string; findings: Finding[] }[];
  };
  expect([code, suite]).toEqual([1, 'installation']);
  expect(checks.map(({ check }) => check)).toEqual(INSTALLATION.map(({ name }) => name));
  const wrong = await runCommand('doctor.ts', ['installation', '--service', 'nonsense']);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('nonsense is not NAME=URL')]);
});
