import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@giggityflix/kernel/free-ports';
import { KAFKA_VERSION, kafkaJars } from '@giggityflix/kernel/programs';
import { Kafka, logLevel } from 'kafkajs';
import { makeCertificate } from './certificates.ts';
import { type Restartable, spawnGuarded, startRestartable, untilServing } from './child.ts';

/** A listener that wants TLS with a client certificate, and a password by PLAIN or SCRAM-SHA-512. */
export interface SecureKafka {
  /** host:port */
  bootstrapServers: string;
  /** The broker's certificate, which is its own authority, and the one clients may present. */
  certPath: string;
  keyPath: string;
  username: string;
  password: string;
}

/** Where a broker is reached. */
export interface KafkaAddresses {
  /** host:port */
  bootstrapServers: string;
  /** The same broker's second listener. */
  secure: SecureKafka;
}

/** Its data outlives a restart. */
export interface RunningKafka extends KafkaAddresses, Restartable {}

/** Starts a broker (KRaft, one node that is its own controller) on free ports of the loopback interface. */
export async function startKafka(java: string): Promise<RunningKafka> {
  const jars = kafkaJars();
  if (!existsSync(join(jars, `kafka_2.13-${KAFKA_VERSION}.jar`))) throw new Error(`no Kafka in ${jars}`);
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-kafka-'));
  const [port, controllerPort, securePort] = (await freePorts(3)) as [number, number, number];
  const { cert, key, certPath, keyPath } = makeCertificate(directory, 'kafka');
  const keystore = join(directory, 'kafka.pem');
  await writeFile(keystore, Buffer.concat([key, cert]));
  const properties = join(directory, 'server.properties');
  await writeFile(
    properties,
    listenerSettings(port, controllerPort, securePort) +
      settings(controllerPort, join(directory, 'data')) +
      secureSettings(keystore, certPath),
  );
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
    '--add-scram',
    `SCRAM-SHA-512=[name=${USERNAME},password=${PASSWORD}]`,
  ]);
  while (!format.exited()) await new Promise((resolve) => setTimeout(resolve, 25));
  if (!existsSync(join(directory, 'data', 'meta.properties')))
    throw new Error(`Kafka's storage could not be formatted:\n${format.output()}`);

  const start = async () => {
    const server = spawnGuarded(java, [...jvm, 'kafka.Kafka', properties]);
    await untilServing('Kafka', server, () => describe(bootstrapServers), 60_000);
    return server;
  };
  const server = await startRestartable(directory, start);
  return {
    bootstrapServers,
    secure: {
      bootstrapServers: `127.0.0.1:${securePort}`,
      certPath,
      keyPath,
      username: USERNAME,
      password: PASSWORD,
    },
    ...server,
  };
}

export function addressesOf({ bootstrapServers, secure }: RunningKafka): KafkaAddresses {
  return { bootstrapServers, secure };
}

const USERNAME = 'giggityflix';
const PASSWORD = 'not-a-secret';

/** Any 16 bytes in base64url. */
const CLUSTER_ID = 'Z2lnZ2l0eWZsaXgtdGVzdA';

function settings(controllerPort: number, data: string): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL
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

function listenerSettings(port: number, controllerPort: number, securePort: number): string {
  const listeners = `PLAINTEXT://127.0.0.1:${port},SECURE://127.0.0.1:${securePort}`;
  return `listeners=${listeners},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=${listeners}
`;
}

function secureSettings(keystore: string, certPath: string): string {
  const modules = 'org.apache.kafka.common.security';
  return `listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location=${keystore}
listener.name.secure.ssl.truststore.type=PEM
listener.name.secure.ssl.truststore.location=${certPath}
listener.name.secure.ssl.client.auth=required
listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=${modules}.plain.PlainLoginModule required user_${USERNAME}="${PASSWORD}";
listener.name.secure.scram-sha-512.sasl.jaas.config=${modules}.scram.ScramLoginModule required;
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
