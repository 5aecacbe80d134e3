import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { StoredRecord } from '../record.ts';

export function toStoredRecord(topic: string, partition: number, message: KafkaMessage): StoredRecord {
  return {
    topic,
    partition,
    key: message.key == null ? null : message.key.toString('utf8'),
    value: message.value,
    headers: toHeaders(message.headers),
    offset: message.offset,
    timestamp: Number(message.timestamp),
  };
}

/** Of a header given several times the last one counts; third-party producers also write headers without a value. */
function toHeaders(headers: IHeaders | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last != null) result[name] = last.toString();
  }
  return result;
}
