import type { Admin, ConfigResourceTypes, ITopicMetadata } from 'kafkajs';
import { readEnvironment } from '../../../platform/bus/src/cli/environment.ts';
import { createKafkaClient } from '../../../platform/bus/src/kafka/client.ts';
import { untilSettled } from '../../../platform/bus/src/kafka/transient.ts';
import type { Topic, Topics } from '../../../platform/bus/src/topics/index.ts';
import { createLogger } from '../../../platform/kernel/src/index.ts';
import { type Check, type Finding, ok, problem, warning } from '../checks.ts';
import type { Installation } from './context.ts';

/** Consumer groups by the service that has them, where KAFKA_GROUP_ID says nothing else. */
const GROUPS: Readonly<Record<string, string>> = {
  catalog: 'catalog-service',
  tracker: 'tracker-service',
  viewing: 'viewing-history',
};
const MUCH_LAG = 10_000n;
/** kafkajs exports the name of this number in a way that an ES module does not see. */
const OF_TOPIC = 2 as ConfigResourceTypes;
const WANTED_REPLICAS = 3;
/** A fresh broker has no coordinator of groups until someone asks for it. */
const COORDINATOR_MS = 10_000;

export const kafka: Check<Installation> = {
  name: 'Kafka',
  async run({ environments }) {
    const all = [...environments.values()];
    const environment = all.find((each) => each.KAFKA_BOOTSTRAP_SERVERS);
    if (!environment)
      return [
        warning(
          'no KAFKA_BOOTSTRAP_SERVERS is set',
          'Name the environment files of the services with --env-file.',
        ),
      ];
    const { bus, topics } = readEnvironment(environment);
    if (bus.kind !== 'kafka') return [ok('the bus is the embedded one')];
    const logger = createLogger({ service: 'doctor', level: 'silent' });
    const admin = createKafkaClient(bus, 'doctor', logger).admin({ retry: { retries: 2 } });
    try {
      try {
        await admin.connect();
      } catch (error) {
        return [
          problem(
            `no broker of ${bus.brokers.join(', ')} is reached: ${(error as Error).message}`,
            'Start them, and check KAFKA_BOOTSTRAP_SERVERS, KAFKA_SSL… and KAFKA_SASL…; they have to advertise addresses that this machine reaches.',
          ),
        ];
      }
      const { brokers } = await admin.describeCluster();
      const groups = new Map(
        [...environments].flatMap(([name, each]) => {
          const service = name.replace(/-?\d+$/, '');
          return service in GROUPS ? [[each.KAFKA_GROUP_ID ?? GROUPS[service]!, service] as const] : [];
        }),
      );
      return [
        brokers.length < WANTED_REPLICAS
          ? warning(
              `${brokers.length} broker${brokers.length === 1 ? '' : 's'}: events are lost or late when one fails`,
              'Run three, and a replication factor of 3.',
            )
          : ok(`${brokers.length} brokers`),
        ...(await ofTopics(admin, { topics, partitions: bus.partitions, brokers: brokers.length })),
        ...(await ofGroups(admin, groups)),
      ];
    } finally {
      await admin.disconnect();
    }
  },
};

const namesOf = (topics: Topics): string[] => [
  ...new Set(
    Object.values(topics).flatMap((topic) =>
      typeof topic === 'function' ? [] : ([topic].flat() as Topic<unknown>[]).map(({ name }) => name),
    ),
  ),
];

async function ofTopics(
  admin: Admin,
  { topics, partitions, brokers }: { topics: Topics; partitions: number; brokers: number },
): Promise<Finding[]> {
  const existing = new Set(await admin.listTopics());
  const names = namesOf(topics);
  const lacking = names.filter((name) => !existing.has(name));
  const present = names.filter((name) => existing.has(name));
  const findings: Finding[] = [];
  if (lacking.length > 0)
    findings.push(
      problem(
        `${lacking.length} topics do not exist: ${lacking.join(', ')}`,
        'Start the services, which create them, with a user that may; or create them, and check the KAFKA_…_TOPIC variables.',
      ),
    );
  if (present.length === 0) return findings;
  const { topics: described } = await admin.fetchTopicMetadata({ topics: present });
  const minimum = await minimumInSync(admin, present);
  const having = (isSo: (topic: ITopicMetadata) => boolean) => described.filter(isSo).map(({ name }) => name);
  const some = (isSo: (partition: ITopicMetadata['partitions'][number], name: string) => boolean) =>
    having(({ name, partitions: all }) => all.some((partition) => isSo(partition, name)));
  const add = (found: string[], what: string, remedy: string, level = problem) => {
    if (found.length > 0) findings.push(level(`${what}: ${found.join(', ')}`, remedy));
  };
  add(
    some(({ leader }) => leader < 0),
    'partitions have no leader, and nothing can be published',
    'Start the brokers that hold them.',
  );
  add(
    some(({ isr }, name) => isr.length < (minimum.get(name) ?? 1)),
    'fewer replicas are in sync than min.insync.replicas, and nothing can be published',
    'Start the brokers that hold them, or lower min.insync.replicas.',
  );
  add(
    some(({ isr, replicas }) => isr.length < replicas.length),
    'replicas are behind or their brokers down',
    'Start those brokers, and wait until they have caught up.',
    warning,
  );
  if (brokers >= WANTED_REPLICAS) {
    add(
      some(({ replicas }) => replicas.length < WANTED_REPLICAS),
      `less than ${WANTED_REPLICAS} replicas`,
      'Raise them with kafka-reassign-partitions.sh, and set default.replication.factor or KAFKA_REPLICATION_FACTOR to 3.',
      warning,
    );
    add(
      present.filter((name) => (minimum.get(name) ?? 1) < 2),
      'min.insync.replicas is 1: an event can be lost with one broker',
      'Set min.insync.replicas=2 on the brokers.',
      warning,
    );
  }
  add(
    having(({ partitions: all }) => all.length < partitions),
    `fewer than ${partitions} partitions (KAFKA_TOPIC_PARTITIONS)`,
    'Stop the services before you add partitions, as keys move; or lower KAFKA_TOPIC_PARTITIONS.',
    warning,
  );
  if (!findings.some(({ level }) => level === 'problem'))
    findings.push(ok(`${present.length} topics can be written`));
  return findings;
}

async function minimumInSync(admin: Admin, names: readonly string[]): Promise<Map<string, number>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      type: OF_TOPIC,
      name,
      configNames: ['min.insync.replicas'],
    })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Number(configEntries[0]?.configValue ?? 1),
    ]),
  );
}

async function ofGroups(admin: Admin, groups: ReadonlyMap<string, string>): Promise<Finding[]> {
  if (groups.size === 0) return [];
  const { groups: described } = await untilSettled(
    () => admin.describeGroups([...groups.keys()]),
    COORDINATOR_MS,
  );
  const findings: Finding[] = [];
  for (const { groupId, members, state } of described) {
    const service = groups.get(groupId);
    if (members.length === 0) {
      findings.push(
        problem(
          `nobody of the group ${groupId} consumes: ${service} learns nothing`,
          `Start ${service}; its /ready says what is missing.`,
        ),
      );
      continue;
    }
    if (state !== 'Stable')
      findings.push(
        warning(
          `the group ${groupId} is ${state}`,
          'Look again in a minute; if it stays, processes of it start over and over.',
        ),
      );
    const lag = await lagOf(admin, groupId);
    findings.push(
      lag > MUCH_LAG
        ? warning(
            `the group ${groupId} is ${lag} events behind`,
            `Start more processes of ${service}, or see whether its store is slow.`,
          )
        : ok(`the group ${groupId} has ${members.length} members, and is ${lag} events behind`),
    );
  }
  return findings;
}

async function lagOf(admin: Admin, groupId: string): Promise<bigint> {
  let lag = 0n;
  const committedOffsets = await untilSettled(() => admin.fetchOffsets({ groupId }), COORDINATOR_MS);
  for (const { topic, partitions } of committedOffsets) {
    const ends = new Map(
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, BigInt(high)]),
    );
    for (const { partition, offset } of partitions) {
      const committed = BigInt(offset);
      const behind = (ends.get(partition) ?? committed) - committed;
      // Beyond the end where the topic was made again: it takes nothing off what others are behind.
      if (committed >= 0n && behind > 0n) lag += behind;
    }
  }
  return lag;
}
