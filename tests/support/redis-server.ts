import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePorts, type GuardedProcess, spawnGuarded, untilServing } from './child.ts';

export interface RunningRedis {
  host: string;
  port: number;
  url: string;
  stop(): Promise<void>;
  /** Ends the server as a crash would. */
  kill(): Promise<void>;
  /** Starts it again at the same port; its data is kept only with `persistent`. */
  restart(): Promise<void>;
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
  let server: GuardedProcess = await start();
  return {
    host: '127.0.0.1',
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: () => server.kill(),
    async restart() {
      await server.stop();
      server = await start();
    },
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function ping(port: number): Promise<void> {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
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
