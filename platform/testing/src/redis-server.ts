import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@giggityflix/kernel/free-ports';
import { Redis, type RedisOptions } from 'ioredis';
import { type Restartable, spawnGuarded, startRestartable, untilServing } from './child.ts';

/** Its data outlives a restart only with `persistent`. */
export interface RunningRedis extends Restartable {
  host: string;
  port: number;
  url: string;
}

/** Starts a Redis server in memory on a free port of the loopback interface. */
export async function startRedis(
  program: string,
  options: { args?: readonly string[]; persistent?: boolean } = {},
): Promise<RunningRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-redis-'));
  const [port] = (await freePorts(1)) as [number];
  const durability = options.persistent
    ? ['--appendonly', 'yes', '--appendfsync', 'always']
    : ['--appendonly', 'no'];
  const start = async () => {
    const server = spawnGuarded(program, [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
      ...durability,
      ...(options.args ?? []),
    ]);
    await untilServing('redis-server', server, () => ping(port));
    return server;
  };
  const server = await startRestartable(directory, start);
  return {
    host: '127.0.0.1',
    port,
    url: `redis://127.0.0.1:${port}`,
    ...server,
  };
}

async function ping(port: number, options: RedisOptions = {}): Promise<void> {
  const client = new Redis({
    ...options,
    port,
    host: '127.0.0.1',
    lazyConnect: true,
    retryStrategy: () => null,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}

export interface SecureRedis {
  /** Port that speaks TLS with a client certificate and the password `hunter2`; there is no other. */
  port: number;
  /** Port of a Sentinel that does as well, with the password `watcher`; its master is called `films`. */
  sentinelPort: number;
  stop(): Promise<void>;
}

/** Starts a Redis server and a Sentinel that watches it, neither of which speaks plain text. */
export async function startSecureRedis(
  program: string,
  certificate: { certPath: string; keyPath: string },
): Promise<SecureRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-redis-'));
  const [port, sentinelPort] = (await freePorts(2)) as [number, number];
  const { certPath, keyPath } = certificate;
  const tls = `port 0
bind 127.0.0.1
dir ${directory}
tls-cert-file ${certPath}
tls-key-file ${keyPath}
tls-ca-cert-file ${certPath}
tls-auth-clients yes
`;
  const config = join(directory, 'redis.conf');
  await writeFile(config, `${tls}tls-port ${port}\nsave ""\nrequirepass hunter2\n`);
  const sentinelConfig = join(directory, 'sentinel.conf');
  await writeFile(
    sentinelConfig,
    `${tls}tls-port ${sentinelPort}
tls-replication yes
requirepass watcher
sentinel monitor films 127.0.0.1 ${port} 1
sentinel auth-pass films hunter2
`,
  );
  const [ca, key] = await Promise.all([readFile(certPath), readFile(keyPath)]);
  const pingTls = (at: number, password: string) => () => ping(at, { tls: { ca, cert: ca, key }, password });
  const server = spawnGuarded(program, [config]);
  const sentinel = spawnGuarded(program, [sentinelConfig, '--sentinel']);
  await untilServing('redis-server', server, pingTls(port, 'hunter2'));
  await untilServing('redis-sentinel', sentinel, pingTls(sentinelPort, 'watcher'));
  return {
    port,
    sentinelPort,
    async stop() {
      await Promise.all([server.stop(), sentinel.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const SLOTS = 16_384;

/** Starts a Redis Cluster of three masters, without replicas, that holds all slots. */
export async function startRedisCluster(
  program: string,
): Promise<{ nodes: RunningRedis[]; stop(): Promise<void> }> {
  const args = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    '2000',
    '--cluster-config-file',
    'nodes.conf',
  ];
  const nodes = await Promise.all([0, 1, 2].map(() => startRedis(program, { args: [...args] })));
  const clients = nodes.map(({ host, port }) => new Redis({ host, port }));
  try {
    await Promise.all(
      clients.map((client, index) => {
        const from = Math.floor((SLOTS * index) / nodes.length);
        const to = Math.floor((SLOTS * (index + 1)) / nodes.length) - 1;
        return client.cluster('ADDSLOTSRANGE', from, to);
      }),
    );
    for (const { host, port } of nodes.slice(1)) await clients[0]?.cluster('MEET', host, port);
    await Promise.all(clients.map(untilFormed));
  } finally {
    for (const client of clients) client.disconnect();
  }
  return {
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function untilFormed(client: Redis): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const info = await client.cluster('INFO');
    if (/cluster_state:ok/.test(info) && /cluster_known_nodes:3/.test(info)) return;
    if (Date.now() > deadline) throw new Error(`the Redis Cluster does not form:\n${info}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
