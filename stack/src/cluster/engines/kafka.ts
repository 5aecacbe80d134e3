import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KAFKA_VERSION, kafkaJars } from '@giggityflix/kernel/programs';
import type { Installation, Member } from '../installation.ts';
import { ask } from '../probes.ts';
import type { Launch } from '../process.ts';
import { required } from './required.ts';

const run = promisify(execFile);

/** Any 16 bytes in base64url. */
const CLUSTER_ID = 'Z2lnZ2l0eWZsaXgtdGVzdA';
/** For a start that costs little on a machine that has the rest to run as well. */
const JVM = ['-Xms128m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** A broker that is a controller, too (KRaft). */
export function kafka(member: Member, installation: Installation): Omit<Launch, 'logPath'> {
  const { name, kind, folder, ports } = member;
  const java = required('java');
  const jars = kafkaJars();
  const properties = join(folder, 'server.properties');
  const jvm = [...JVM, '-cp', join(jars, '*')];
  return {
    name,
    kind,
    folder,
    command: java,
    arguments: [...jvm, 'kafka.Kafka', properties],
    environment: {},
    async prepare() {
      if (!existsSync(join(jars, `kafka_2.13-${KAFKA_VERSION}.jar`)))
        throw new Error(`there is no Kafka in ${jars}: run npm run setup:system`);
      await writeFile(properties, settings(member, installation));
      if (existsSync(join(folder, 'data', 'meta.properties'))) return;
      const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties];
      await run(java, [...jvm, ...format], { cwd: folder });
    },
    // ApiVersions is what clients ask first; a broker answers once it takes requests.
    probe: async () => (await ask(ports.broker!, API_VERSIONS)).length > 0,
  };
}

/** Length, API key 18, version 0, correlation id, no client id. */
const API_VERSIONS = Buffer.from('0000000a0012000000000001ffff', 'hex');

function settings({ name, ports, folder }: Member, { of }: Installation): string {
  const brokers = of('kafka');
  const replicas = brokers.length;
  const inSync = Math.max(1, replicas - 1);
  const id = (broker: Member) => brokers.indexOf(broker) + 1;
  const voters = brokers.map((broker) => `${id(broker)}@127.0.0.1:${broker.ports.controller}`);
  const listeners = `PLAINTEXT://127.0.0.1:${ports.broker}`;
  return `process.roles=broker,controller
node.id=${brokers.findIndex((broker) => broker.name === name) + 1}
controller.quorum.voters=${voters.join(',')}
controller.listener.names=CONTROLLER
listeners=${listeners},CONTROLLER://127.0.0.1:${ports.controller}
advertised.listeners=${listeners}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
default.replication.factor=${replicas}
min.insync.replicas=${inSync}
offsets.topic.num.partitions=6
offsets.topic.replication.factor=${replicas}
transaction.state.log.num.partitions=3
transaction.state.log.replication.factor=${replicas}
transaction.state.log.min.isr=${inSync}
group.initial.rebalance.delay.ms=0
`;
}
