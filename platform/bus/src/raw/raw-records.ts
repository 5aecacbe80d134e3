import type { StoredRecord, WireRecord } from '../record.ts';

/** Records of one topic that are read at most. */
export const MAX_RECORDS_READ = 100_000;

/** A place in a topic, to be kept as JSON; what its members mean is the adapter's. */
export type Place = Readonly<Record<string, string>>;

/**
 * The records of a bus as they are stored, for operators' tools: no group, nothing parsed, nothing committed. Two adapters,
 * `kafka/raw-records.ts` and `embedded/raw-records.ts`, pass `raw-records.compliance.ts` unchanged.
 */
export interface RawRecords {
  topics(): Promise<string[]>;
  /**
   * What a topic holds now, by partition and offset; nothing for one that does not exist. With `since`, what was appended
   * after that place.
   *
   * @throws Error for more than {@link MAX_RECORDS_READ}, or when the bus does not answer.
   */
  read(topic: string, since?: Place): Promise<StoredRecord[]>;
  /** Where a topic ends now. */
  end(topic: string): Promise<Place>;
  /** Appends records as they are; all are durable when it resolves. */
  append(records: readonly WireRecord[]): Promise<void>;
  close(): Promise<void>;
}

export function tooMany(topic: string): Error {
  return new Error(`${topic} holds more than ${MAX_RECORDS_READ} records`);
}
