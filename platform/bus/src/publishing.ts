import type { Bus, OutgoingRecord } from './bus.ts';
import type { BusMetrics } from './metrics.ts';
import { encodeRecord, type WireRecord } from './record.ts';

/** {@link Bus.publish} for an adapter that has `send`: all of a call is checked before anything of it is sent. */
export function createPublish(deps: {
  clientId: string;
  metrics: BusMetrics;
  send(records: readonly WireRecord[]): Promise<void>;
}): Bus['publish'] {
  const { clientId, metrics, send } = deps;
  return async (records) => {
    const list: readonly OutgoingRecord[] = Array.isArray(records) ? records : [records as OutgoingRecord];
    if (list.length === 0) return;
    const encoded = list.map((record) => encodeRecord(record, clientId));
    try {
      await send(encoded);
    } catch (error) {
      for (const { topic } of encoded) metrics.publishFailed(topic, 1);
      throw error;
    }
    for (const { topic } of encoded) metrics.published(topic, 1);
  };
}
