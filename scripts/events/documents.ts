/** The documents of docs/events/schemas, from the registry of topics. */
import {
  deadLetterHeaders,
  recordHeaders,
  resolveTopics,
  streamSignalParameters,
  TOPIC_DESCRIPTIONS,
} from '@giggityflix/bus';
import { z } from 'zod';
import type { JsonSchema } from './schema.ts';

/** Stands for an edge's id in the names of topics. */
const EDGE = 'edge_id';

export interface EventTopic {
  /** CloudEvents type, and name of the document; null where a topic takes records of others. */
  type: string | null;
  /** What its records are; null as `type`. */
  schema: z.ZodType | null;
  /** The default name, with `{edge_id}` where an edge's id goes. */
  name: string;
  summary: string;
  key: string;
  producers: readonly string[];
  consumers: readonly string[];
  variables: readonly string[];
}

type TopicName = keyof typeof TOPIC_DESCRIPTIONS;

const topics = resolveTopics({});
const topicOf = (name: TopicName) => {
  if (name === 'edgeDeadLetters') return null;
  return name === 'edgeCommands' ? topics.edgeCommands(EDGE) : topics[name];
};

export const EVENT_TOPICS: readonly EventTopic[] = Object.entries(TOPIC_DESCRIPTIONS).map(
  ([name, description]) => ({
    type: topicOf(name as TopicName)?.type ?? null,
    schema: topicOf(name as TopicName)?.schema ?? null,
    name: description.defaultName.replace('{}', `{${EDGE}}`),
    summary: description.summary,
    key: description.key,
    producers: description.producer.split(', '),
    consumers: description.consumers,
    variables: description.variables,
  }),
);

/** Document by name: a schema for each type of event, and those of the headers. */
export function eventDocuments(): Map<string, JsonSchema> {
  const documents = new Map<string, JsonSchema>();
  for (const { type, schema, name, summary, key, variables } of EVENT_TOPICS)
    if (type !== null && schema !== null)
      documents.set(type, {
        ...document(type, summary, schema),
        'x-topic': name,
        'x-key': key,
        'x-renamed-by': variables,
      });
  documents.set('edge.command.stream_signal', {
    ...document(
      'edge.command.stream_signal',
      'The parameters of a command of type stream_signal.',
      streamSignalParameters,
    ),
    'x-part-of': 'edge.command',
  });
  documents.set('headers', document('headers', 'Headers of every record.', recordHeaders));
  documents.set(
    'headers.deadletter',
    document(
      'headers.deadletter',
      'Headers of a dead letter, beside those of its record.',
      deadLetterHeaders,
    ),
  );
  return documents;
}

/** What consumers read; see docs/events/README.md for what is written. */
function document(title: string, description: string, schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    // What no schema describes is read whatever it is.
    unrepresentable: 'any',
  }) as JsonSchema;
  return { $schema, title, description, ...rest };
}
