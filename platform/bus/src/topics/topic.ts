import type { z } from 'zod';

/** A topic of the bus: its name as configured, and the schema every value on it satisfies. */
export interface Topic<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** CloudEvents `type` of its records; the default name of the topic, whatever it was renamed to. */
  readonly type: string;
}

/** What the registry says about a topic besides its schema, for people and for the generated documentation. */
export interface TopicDescription {
  defaultName: string;
  /** What a record of it says, in one sentence. */
  summary: string;
  key: 'peer_id' | 'session_id' | 'account_id' | 'catalog_id' | 'edge_id' | 'invitation_id';
  producer: string;
  consumers: readonly string[];
  /** Variables that rename it, the most specific first. */
  variables: readonly string[];
}
