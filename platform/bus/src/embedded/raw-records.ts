import { MAX_RECORDS_READ, type RawRecords, tooMany } from '../raw/raw-records.ts';
import { createEmbeddedStore, PARTITIONS } from './store.ts';

/** The records in the file of an embedded bus; processes that use it may be running. */
export function openEmbeddedRecords(path: string): RawRecords {
  const store = createEmbeddedStore(path);
  return {
    topics: async () => [...new Set(store.changed(0, store.lastId()).map(({ topic }) => topic))].sort(),
    async read(topic, since) {
      const after = Number(since?.id ?? 0);
      const found = [];
      for (let partition = 0; partition < PARTITIONS; partition += 1)
        for (const record of store.readPartition(topic, partition, after, MAX_RECORDS_READ + 1)) {
          found.push(record);
          if (found.length > MAX_RECORDS_READ) throw tooMany(topic);
        }
      return found;
    },
    end: async () => ({ id: String(store.lastId()) }),
    async append(records) {
      store.append(records);
    },
    async close() {
      store.close();
    },
  };
}
