import type { KafkaRecord } from '../kcat.ts';
import { type Fault, seconds } from './fault.ts';

/** Topics whose records a producer that got no answer may have sent twice. */
const TOPICS = [
  'peer.connection.established',
  'peer.connection.closed',
  'peer.catalog.updated',
  'peer.media.described',
  'catalog.availability.changed',
  'playback.events',
];
const LAST = 4;

/** Records come twice: at once, and once more when other records have come after them. */
export const repeatedEvents: Fault = {
  name: 'repeated events',
  targets: () => TOPICS,
  resources: () => ['kafka'],
  lastsMs: seconds(3, 15),
  async missing({ kcat }) {
    return kcat ? null : 'kcat is not installed';
  },
  async inject({ kcat }, topic) {
    const repeat = async (records: readonly KafkaRecord[]) => {
      for (const record of records) await kcat.repeat(record);
    };
    const records = await kcat.read(topic, LAST);
    await repeat(records);
    return {
      what: `${records.length} records of ${topic} come again, now and later`,
      heal: () => repeat(records),
    };
  },
};
