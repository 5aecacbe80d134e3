import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  findProgram,
  freePorts,
  ROOT,
  realPostgres,
  requireHaproxy,
  spawnGuarded,
  untilServing,
} from '@giggityflix/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { topology } from '../../stack/src/cluster/index.ts';
import { isService, type ServiceGroup } from '../../stack/src/cluster/topology.schema.ts';

const run = promisify(execFile);
const WAIT = { timeout: 60_000, interval: 100 };

/** The steps to two of each, and the blocks that they show. */
const guide = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');
const section = /^## Two of each, from nothing\n([\s\S]*?)^## /m.exec(guide)![1]!;
const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language: language!,
  text: text!,
}));
const block = (language: string, start = '') => {
  const found = blocks.find((each) => each.language === language && each.text.startsWith(start));
  return found?.text ?? expect.fail(`no block ${language} ${start}`);
};

const directory = mkdtempSync(join(tmpdir(), 'giggityflix-operating-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const secrets = block('sh', 'openssl');
execFileSync('bash', ['-ec', secrets], { cwd: directory });

const services = topology.processes.filter(isService);
/** What depends on the place: listeners, proxies, and certificates that nobody vouches for. */
const OF_THE_PLACE = new Set(['NODE_ENV', 'TRUSTED_PROXIES', 'ALLOWED_HOSTS']);
const OF_OWN_AUTHORITY: Readonly<Record<string, string>> = {
  tracker: 'INVITATION_CA_PATH',
  peer: 'GRPC_CERT_PATH',
};

describe('the guide to two of each', () => {
  it('shows nothing that no test below runs or compares', () => {
    const shown = blocks.map(({ language, text }) => `${language} ${text.split('\n')[0]}`);
    expect(shown).toEqual([
      'sh npm run setup:system',
      'sh openssl rand -hex 32 > service_token',
      expect.stringContaining('sh psql'),
      'conf cluster-enabled yes',
      expect.stringContaining('sh REDIS_NODES'),
      'properties default.replication.factor=3',
      'turnserver use-auth-secret',
      'haproxy defaults',
      ...services.map(({ kind }) => `sh # ${kind}`),
    ]);
  });

  it('starts with commands that there are', async () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const line of block('sh', 'npm').trim().split('\n')) {
      const [, name, options = ''] = /^npm run (\S+)(?: -- (.*))?$/.exec(line) ?? [];
      expect(scripts).toHaveProperty([name!]);
      if (!options) continue;
      const script = /node (\S+)$/.exec(scripts[name!])![1]!;
      const { stdout } = await run(process.execPath, [join(ROOT, script), ...options.split(' '), '--help']);
      expect(stdout).toContain(options);
    }
  });

  it.each(services)('has the whole environment of $kind, in values that it takes', async (service) => {
    const { kind, variables } = service;
    const shown = environmentOf(kind);
    const wanted = Object.keys(variables).filter((name) => name !== OF_OWN_AUTHORITY[kind]);
    expect(
      Object.keys(shown)
        .filter((name) => !OF_THE_PLACE.has(name))
        .sort(),
    ).toEqual(wanted.sort());
    if (kind === 'peer') return;
    const { readEnvironment } = await import(join(ROOT, service.script.replace('main.ts', 'environment.ts')));
    expect(() => readEnvironment(shown)).not.toThrow();
  });

  it('reaches by one address what the balancer serves', () => {
    const served = new Map(
      [...block('haproxy').matchAll(/^listen (\w+)\n {4}bind (\S+)$/gm)].map(([, kind, at]) => [at, kind]),
    );
    const balanced = services.filter((each) => each.balanced).map((each) => each.kind);
    expect([...served.values(), 'gateway'].sort()).toEqual(balanced.sort());
    const named: Record<string, string> = {
      CATALOG_SERVICE_URL: 'catalog',
      CONTENT_SERVICE_URL: 'catalog',
      TRACKER_SERVICE_URL: 'tracker',
      IDENTITY_SERVICE_URL: 'identity',
      AUTH_JWKS_URL: 'identity',
      PLAYBACK_JWKS_URL: 'viewing',
    };
    for (const { kind } of services)
      for (const [name, value] of Object.entries(environmentOf(kind)))
        if (named[name])
          expect([kind, name, served.get(new URL(value).host)]).toEqual([kind, name, named[name]]);
    for (const pair of environmentOf('gateway').SUBGRAPHS!.split(',')) {
      const [name, url] = pair.split('=') as [string, string];
      expect(served.get(new URL(url).host)).toBe(name);
    }
    for (const { kind, ports, balanced } of services as ServiceGroup[])
      if (balanced)
        expect(
          block('haproxy').match(new RegExp(`server ${kind}-\\d \\S+:${ports[balanced]}$`, 'gm')),
        ).toHaveLength(2);
  });

  it('has brokers keep what is acknowledged on two of three', () => {
    expect(block('properties')).toMatch(/^default.replication.factor=3\nmin.insync.replicas=2$/m);
  });

  const haproxy = requireHaproxy();
  it.skipIf(haproxy.skip)('configures HAProxy as it takes it', async () => {
    const path = join(directory, 'haproxy.cfg');
    // The certificates are the operator's.
    writeFileSync(path, block('haproxy').replace(' ssl crt /etc/haproxy/certs', ''));
    await run(haproxy.path, ['-c', '-f', path]);
  });

  const turnserver = findProgram('turnserver');
  it.skipIf(!turnserver)('configures coturn as it takes it', { timeout: 120_000 }, async () => {
    const [port] = (await freePorts(1)) as [number];
    const path = join(directory, 'turnserver.conf');
    const secret = readFileSync(join(directory, 'turn_secret'), 'utf8').trim();
    writeFileSync(path, block('turnserver').replace('=3478', `=${port}`).replace('TURN_SECRET', secret));
    const options = [
      '-c',
      path,
      '--log-file',
      'stdout',
      '--listening-ip',
      '127.0.0.1',
      '--pidfile',
      join(directory, 'pid'),
    ];
    const server = spawnGuarded(turnserver!, [...options, '--userdb', join(directory, 'turndb')]);
    await untilServing(
      'coturn',
      server,
      async () => expect(server.output()).toMatch(/listener opened|Total/i),
      60_000,
    );
    expect(server.output()).not.toMatch(/bad configuration|unknown option|CONFIG ERROR/i);
    await server.stop();
  });

  const redisServer = findProgram('redis-server');
  it.skipIf(!redisServer)('makes a Redis Cluster of six nodes', { timeout: 180_000 }, async () => {
    const ports = await freePorts(6);
    const nodes = ports.map((port) => {
      const path = join(directory, `redis-${port}.conf`);
      writeFileSync(
        path,
        `${block('conf')}port ${port}\nbind 127.0.0.1\ndir ${directory}\ncluster-config-file nodes-${port}.conf\nappenddirname aof-${port}\nsave ""\n`,
      );
      return spawnGuarded(redisServer!, [path]);
    });
    const cli = (port: number, ...words: string[]) => run('redis-cli', ['-p', String(port), ...words]);
    try {
      for (const [index, node] of nodes.entries())
        await untilServing('redis-server', node, async () =>
          expect((await cli(ports[index]!, 'ping')).stdout).toContain('PONG'),
        );
      const own = ports.map((port) => `127.0.0.1:${port}`).join(' ');
      const command = block('sh', 'REDIS_NODES').replace(/^REDIS_NODES=.*$/m, `REDIS_NODES="${own}"`);
      await run('bash', ['-ec', command]);
      await expect
        .poll(async () => (await cli(ports[0]!, 'cluster', 'info')).stdout, WAIT)
        .toMatch(/cluster_state:ok[\s\S]*cluster_known_nodes:6/);
    } finally {
      await Promise.all(nodes.map((node) => node.stop()));
    }
  });
});

const postgres = await realPostgres();
describe.skipIf(postgres.skip)('its databases', () => {
  const server = postgres.skip ? null : new URL(postgres.url);
  const psql = (script: string, database = 'postgres') =>
    run('bash', ['-ec', script], {
      cwd: directory,
      env: {
        PATH: process.env.PATH,
        PGHOST: server!.hostname,
        PGPORT: server!.port,
        PGUSER: server!.username,
        PGPASSWORD: server!.password,
        PGDATABASE: database,
      },
    });
  const names = Object.keys(topology.databases);
  const drop = () =>
    psql(
      names
        .map((name) => `psql -qc 'DROP DATABASE IF EXISTS ${name}' -c 'DROP ROLE IF EXISTS ${name}'`)
        .join('\n'),
    );
  afterAll(drop);

  it('are made, and their roles own them', { timeout: 120_000 }, async () => {
    await drop();
    await psql(block('sh', 'psql'));
    const { stdout } = await psql(
      `psql -Atc "SELECT datname || ' ' || pg_get_userbyid(datdba) FROM pg_database WHERE datname LIKE 'giggityflix%' ORDER BY 1"`,
    );
    expect(stdout.trim().split('\n')).toEqual(names.map((name) => `${name} ${name}`).sort());
    for (const [file, name] of [
      ['database_url', 'giggityflix'],
      ['identity_database_url', 'giggityflix_identity'],
    ])
      expect(readFileSync(join(directory, file!), 'utf8')).toContain(`://${name}:`);
  });
});

/** The variables that the guide shows for a kind, whose secrets are those that were made here. */
function environmentOf(kind: string): Record<string, string> {
  const lines = block('sh', `# ${kind}\n`).trim().split('\n').slice(1);
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1).replace('/etc/giggityflix/secrets', directory)];
    }),
  );
}
