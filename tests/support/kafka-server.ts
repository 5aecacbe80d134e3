import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { freePorts, type GuardedProcess, spawnGuarded, untilServing } from './child.ts';

/** The version `scripts/setup-system.sh` fetches from Maven Central. */
export const KAFKA_VERSION = '4.1.2';

/** Where it puts the jars. */
export function kafkaJars(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'giggityflix', 'kafka', KAFKA_VERSION);
}

export interface RunningKafka {
  /** host:port */
  bootstrapServers: string;
  stop(): Promise<void>;
  /** Ends the broker as a crash would. */
  kill(): Promise<void>;
  /** Starts it again with the data and the port it had. */
  restart(): Promise<void>;
}

/** Starts a broker (KRaft, one node that is its own controller) on free ports of the loopback interface. */
export async function startKafka(java: string): Promise<RunningKafka> {
  const jars = kafkaJars();
  if (!existsSync(join(jars, `kafka_2.13-${KAFKA_VERSION}.jar`))) throw new Error(`no Kafka in ${jars}`);
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-kafka-'));
  const [port, controllerPort] = (await freePorts(2)) as [number, number];
  const properties = join(directory, 'server.properties');
  await writeFile(properties, settings(port, controllerPort, join(directory, 'data')));
  // One compiler tier and the serial collector: a test broker should start fast, not run long.
  const jvm = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*')];
  const bootstrapServers = `127.0.0.1:${port}`;

  const format = spawnGuarded(java, [
    ...jvm,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    CLUSTER_ID,
    '-c',
    properties,
  ]);
  while (!format.exited()) await new Promise((resolve) => setTimeout(resolve, 25));
  if (!existsSync(join(directory, 'data', 'meta.properties')))
    throw new Error(`Kafka's storage could not be formatted:\n${format.output()}`);

  const start = async () => {
    const server = spawnGuarded(java, [...jvm, 'kafka.Kafka', properties]);
    await untilServing('Kafka', server, () => describe(bootstrapServers), 60_000);
    return server;
  };
  let server: GuardedProcess = await start();
  return {
    bootstrapServers,
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

/** Any 16 bytes in base64url. */
const CLUSTER_ID = 'Z2lnZ2l0eWZsaXgtdGVzdA';

function settings(port: number, controllerPort: number, data: string): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${data}
auto.create.topics.enable=false
offsets.topic.num.partitions=2
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
`;
}

async function describe(bootstrapServers: string): Promise<void> {
  const admin = new Kafka({
    brokers: [bootstrapServers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    await admin.describeCluster();
  } finally {
    await admin.disconnect();
  }
}
