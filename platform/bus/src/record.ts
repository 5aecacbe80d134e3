import { childOf, currentTraceparent, pooledRandom, TRACEPARENT } from '@giggityflix/kernel';
import { v7 as uuidv7 } from 'uuid';
import type { OutgoingRecord } from './bus.ts';

/** A record as a topic holds it: bytes that are not parsed yet. */
export interface WireRecord {
  topic: string;
  /** Null where a third-party producer gave none. */
  key: string | null;
  value: Buffer | null;
  headers: Readonly<Record<string, string>>;
}

/** A {@link WireRecord} with its place in the topic. */
export interface StoredRecord extends WireRecord {
  partition: number;
  offset: string;
  /** Milliseconds since 1970. */
  timestamp: number;
}

/** The name of a partition among those of all topics. */
export function placeOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${partition} ${topic}`;
}

/** Largest value of a record, in bytes: a Kafka broker's default limit of 1,048,588, less room for key and headers. */
export const MAX_VALUE_BYTES = 1_000_000;

/** Longest key, in characters. Keys are ids, of at most 200. */
const MAX_KEY_LENGTH = 1_024;

/** Thrown by `publish` for a record that its topic does not admit; nothing of the call was published. */
export class InvalidRecordError extends Error {
  override readonly name = 'InvalidRecordError';
}

/**
 * Checks an outgoing value against its topic's schema and turns it into bytes with CloudEvents 1.0
 * attributes in Kafka's binary content mode (headers `ce_*`).
 *
 * @throws InvalidRecordError
 */
export function encodeRecord(record: OutgoingRecord, source: string): WireRecord {
  const { topic, key } = record;
  if (key === '' || key.length > MAX_KEY_LENGTH)
    throw new InvalidRecordError(
      `a key for ${topic.name} has ${key.length} characters, not 1 to ${MAX_KEY_LENGTH}`,
    );
  const checked = topic.schema.safeParse(record.value);
  if (!checked.success)
    throw new InvalidRecordError(`not a value for ${topic.name}: ${describeIssues(checked.error.issues)}`);
  const value = Buffer.from(JSON.stringify(checked.data));
  if (value.length > MAX_VALUE_BYTES)
    throw new InvalidRecordError(
      `a value for ${topic.name} has ${value.length} bytes, over ${MAX_VALUE_BYTES}`,
    );
  return {
    topic: topic.name,
    key,
    value,
    headers: {
      ce_specversion: '1.0',
      ce_id: uuidv7({ random: pooledRandom(16) }),
      ce_type: topic.type,
      ce_source: source,
      ce_time: new Date().toISOString(),
      'content-type': 'application/json',
      [TRACEPARENT]: currentTraceparent() ?? childOf(undefined),
      ...record.headers,
    },
  };
}

export type Decoded = { ok: true; value: unknown } | { ok: false; reason: string };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses the bytes of a record of any producer: only the value counts, headers may be missing. */
export function decodeValue(value: Buffer | null, schema: { safeParse(value: unknown): SafeParse }): Decoded {
  if (value === null) return { ok: false, reason: 'the record has no value' };
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(value));
  } catch (error) {
    return { ok: false, reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const checked = schema.safeParse(json);
  if (checked.success) return { ok: true, value: checked.data };
  return { ok: false, reason: `fails the schema: ${describeIssues(checked.error?.issues ?? [])}` };
}

interface Issue {
  path: readonly PropertyKey[];
  message: string;
}
interface SafeParse {
  success: boolean;
  data?: unknown;
  error?: { issues: readonly Issue[] };
}

/** How many problems of a value are named; a value with thousands has one cause. */
const MAX_ISSUES_NAMED = 5;

function describeIssues(issues: readonly Issue[]): string {
  const named = issues
    .slice(0, MAX_ISSUES_NAMED)
    .map(({ path, message }) => `${path.map(String).join('.') || 'value'}: ${message}`);
  if (issues.length > MAX_ISSUES_NAMED) named.push(`and ${issues.length - MAX_ISSUES_NAMED} more`);
  return named.join('; ');
}
