import { DEAD_LETTER_HEADERS } from '../bus.ts';
import type { StoredRecord } from '../record.ts';

/** A record that could not be processed. */
export interface Letter {
  /** `topic/partition/offset` of the letter itself. */
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  /** The topic that it is for. */
  topic: string;
  /** Where in that topic the record was. */
  origin: { partition: number; offset: string };
  key: string | null;
  /** Null where it was too large to keep. */
  value: Buffer | null;
  /** Those that the record had. */
  headers: Readonly<Record<string, string>>;
  reason: string;
  attempts: number;
  /** The consumer group that could not process it. */
  group: string;
  /** Null while it waits for an operator. */
  decision: Decision | null;
}

export interface Decision {
  kind: 'replayed' | 'dropped';
  /** Milliseconds since 1970. */
  at: number;
}

const OWN_HEADERS = new Set<string>(Object.values(DEAD_LETTER_HEADERS));

export function letterId({ topic, partition, offset }: Pick<StoredRecord, 'topic' | 'partition' | 'offset'>) {
  return `${topic}/${partition}/${offset}`;
}

/** A header that another program wrote may hold anything. */
const whole = (text = '') => (/^\d+$/.test(text) ? text : '0');

/** In the order in which their topics had them, which is that of each key. */
export function byOrigin(one: Letter, other: Letter): number {
  if (one.topic !== other.topic) return one.topic < other.topic ? -1 : 1;
  const { partition, offset } = one.origin;
  const distance = BigInt(offset) - BigInt(other.origin.offset);
  return partition - other.origin.partition || (distance < 0n ? -1 : Number(distance > 0n));
}

/** The letter that a record is; null for a record without the headers of one. */
export function toLetter(record: StoredRecord, decision: Decision | null): Letter | null {
  const { headers } = record;
  const topic = headers[DEAD_LETTER_HEADERS.topic];
  if (!topic) return null;
  return {
    id: letterId(record),
    at: record.timestamp,
    topic,
    origin: {
      partition: Number(headers[DEAD_LETTER_HEADERS.partition] ?? 0),
      offset: whole(headers[DEAD_LETTER_HEADERS.offset]),
    },
    key: record.key,
    value: record.value,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name))),
    reason: headers[DEAD_LETTER_HEADERS.reason] ?? '',
    attempts: Number(headers[DEAD_LETTER_HEADERS.attempts] ?? 0),
    group: headers[DEAD_LETTER_HEADERS.consumerGroup] ?? '',
    decision,
  };
}
