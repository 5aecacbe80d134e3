import { EVENT_TOPICS, type EventTopic } from './documents.ts';

type Fields = Record<string, unknown>;

const DEAD_LETTERS = '.deadletter';
const KAFKA_BINDING = '0.5.0';

/** An AsyncAPI 3 document of the whole bus; the schemas are files beside it. */
export function asyncApiDocument(version: string): Fields {
  const own = EVENT_TOPICS.filter(({ type }) => type !== null);
  const named = new Set(EVENT_TOPICS.map(({ name }) => name));
  const withLetters = own.filter(
    ({ name, consumers }) => consumers.length > 0 && !named.has(name + DEAD_LETTERS),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Giggityflix events',
      version,
      description:
        'Every topic of the bus under its default name. Delivery is at least once; records of a topic with the same key are in order. Consumers ignore fields that they do not know. A service that produces and one that consumes a topic have an operation each, tagged with its name.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: {
        host: 'localhost:9092',
        protocol: 'kafka',
        description: 'KAFKA_BOOTSTRAP_SERVERS; with BUS=embedded the same topics are in a file.',
      },
    },
    channels: Object.fromEntries([
      ...EVENT_TOPICS.map((topic) => [idOf(topic.name), channel(topic)]),
      ...withLetters.map((topic) => [
        idOf(topic.name + DEAD_LETTERS),
        channel({
          ...topic,
          type: null,
          name: topic.name + DEAD_LETTERS,
          summary: `Records of ${topic.name} that a consumer group could not process, unchanged.`,
          variables: [],
        }),
      ]),
    ]),
    operations: Object.fromEntries([
      ...EVENT_TOPICS.flatMap((topic) => [
        ...topic.producers.map((service) => operation(service, 'send', topic.name)),
        ...topic.consumers.map((service) => operation(service, 'receive', topic.name)),
      ]),
      ...withLetters.flatMap(({ name, consumers }) =>
        consumers.map((service) => operation(service, 'send', name + DEAD_LETTERS)),
      ),
    ]),
    components: {
      messages: Object.fromEntries([
        ...own.map((topic) => [topic.type, message(topic)]),
        ['deadletter', DEAD_LETTER],
      ]),
      messageTraits: { record: { headers: { $ref: './schemas/headers.json' } } },
    },
  };
}

/** Ids of AsyncAPI take no braces. */
const idOf = (topic: string) => topic.replaceAll(/[{}]/g, '');

function channel({ name, summary, type, variables }: EventTopic): Fields {
  const messageName = type ?? 'deadletter';
  return {
    address: name,
    summary,
    ...(variables.length > 0 && { description: `Renamed by ${variables.join(' or ')}.` }),
    ...(name.includes('{edge_id}') && { parameters: { edge_id: { description: 'Id of the edge' } } }),
    messages: { [messageName]: { $ref: `#/components/messages/${messageName}` } },
  };
}

function operation(service: string, action: 'send' | 'receive', topic: string): [string, Fields] {
  const verb = action === 'send' ? 'sends' : 'receives';
  return [
    `${service}-${verb}-${idOf(topic)}`,
    { action, channel: { $ref: `#/channels/${idOf(topic)}` }, tags: [{ name: service }] },
  ];
}

function message({ type, summary, key }: EventTopic): Fields {
  return {
    name: type,
    summary,
    contentType: 'application/json',
    traits: [{ $ref: '#/components/messageTraits/record' }],
    bindings: {
      kafka: { key: { type: 'string', description: `The ${key}.` }, bindingVersion: KAFKA_BINDING },
    },
    payload: { $ref: `./schemas/${type}.json` },
  };
}

const DEAD_LETTER: Fields = {
  name: 'deadletter',
  summary: 'A record that could not be processed, with its own key, value and headers.',
  headers: { allOf: [{ $ref: './schemas/headers.deadletter.json' }] },
  bindings: {
    kafka: {
      key: { type: 'string', description: 'That of the record.' },
      bindingVersion: KAFKA_BINDING,
    },
  },
};
