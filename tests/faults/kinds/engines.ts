import { connect } from 'node:net';
import { type Fault, type Installation, named, possible, resourceOf, seconds } from './fault.ts';
import { end } from './processes.ts';

/** A broker is stopped, as for maintenance. */
export const brokerStop: Fault = {
  name: 'broker stop',
  targets: (cluster) => named(cluster, ['kafka']),
  resources: resourceOf,
  lastsMs: seconds(5, 25),
  missing: possible,
  inject: (installation, target) => end(installation, target, 'SIGTERM'),
};

/** Groups whose members notice when their coordinator is lost. */
const GROUPS = ['tracker-service', 'catalog-service'];

/** The broker that coordinates a consumer group crashes. */
export const coordinatorLoss: Fault = {
  name: 'coordinator loss',
  targets: () => GROUPS,
  resources: () => ['kafka'],
  lastsMs: seconds(5, 20),
  missing: possible,
  async inject(installation, group) {
    const target = await coordinatorOf(installation, group);
    const injected = await end(installation, target, 'SIGKILL');
    return { ...injected, what: `${injected.what}, which coordinates ${group}` };
  },
};

/** A primary crashes; one of its replicas takes over. */
export const redisFailover: Fault = {
  name: 'redis failover',
  targets: () => ['redis'],
  resources: () => ['redis'],
  lastsMs: seconds(8, 20),
  missing: possible,
  async inject(installation, _target, random) {
    const primaries: string[] = [];
    for (const name of named(installation.cluster, ['redis']))
      if ((await roleOf(installation.cluster.port(name))) === 'master') primaries.push(name);
    const injected = await end(installation, random.pick(primaries), 'SIGKILL');
    return { ...injected, what: `${injected.what}, a primary` };
  },
};

/** PostgreSQL ends its connections, stops and starts. */
export const postgresRestart: Fault = {
  name: 'postgres restart',
  targets: (cluster) => named(cluster, ['postgres']),
  resources: resourceOf,
  lastsMs: seconds(1, 10),
  missing: possible,
  inject: (installation, target) => end(installation, target, 'SIGINT'),
};

/** Kafka keeps a group in the partition of `__consumer_offsets` that its name's hash chooses; its leader is the coordinator. */
async function coordinatorOf({ cluster, kcat }: Installation, group: string): Promise<string> {
  const { brokers, topics } = await kcat.metadata();
  const partitions = topics.find(({ topic }) => topic === '__consumer_offsets')?.partitions ?? [];
  const partition = (javaHash(group) & 0x7fffffff) % Math.max(1, partitions.length);
  const leader = partitions.find((one) => one.partition === partition)?.leader;
  const address = brokers.find(({ id }) => id === leader)?.name;
  const broker = named(cluster, ['kafka']).find((name) => address?.endsWith(`:${cluster.port(name)}`));
  if (!broker) throw new Error(`${group} has no coordinator that is known here: ${address}`);
  return broker;
}

function javaHash(text: string): number {
  let hash = 0;
  for (const character of text) hash = (Math.imul(31, hash) + character.charCodeAt(0)) | 0;
  return hash;
}

/** What a node says of itself; null when it does not answer. */
function roleOf(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const done = () => {
      socket.destroy();
      resolve(/\$\d+\r\n(\w+)\r\n/.exec(answer)?.[1] ?? null);
    };
    socket.setTimeout(3_000, done);
    socket.on('error', done);
    socket.on('data', (bytes) => {
      answer += bytes;
      if (/\$\d+\r\n\w+\r\n/.test(answer)) done();
    });
    socket.write('ROLE\r\n');
  });
}
