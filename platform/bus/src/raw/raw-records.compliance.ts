import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawRecords } from './raw-records.ts';

/** What every adapter of {@link RawRecords} does. */
export function rawRecordsCompliance(name: string, open: () => Promise<RawRecords>): void {
  describe(name, () => {
    let records: RawRecords;
    beforeAll(async () => {
      records = await open();
    });
    afterAll(() => records?.close());

    it('reads what it appended, bytes and headers as they were, each key in order', async () => {
      const topic = `raw-${randomUUID()}`;
      const written = Array.from({ length: 50 }, (_, n) => ({
        topic,
        key: n % 7 === 0 ? null : `k${n % 7}`,
        value: n === 9 ? null : Buffer.from([0xff, n]),
        headers: { n: String(n), empty: '' },
      }));
      await records.append(written);
      const read = await records.read(topic);
      expect(read).toHaveLength(50);
      for (const { key, value, headers, topic: of, timestamp } of read) {
        expect({ topic: of, key, value, headers }).toEqual(written[Number(headers.n)]);
        expect(timestamp).toBeGreaterThan(Date.now() - 600_000);
      }
      for (const wanted of ['k1', 'k2', 'k6']) {
        const numbers = read.filter(({ key }) => key === wanted).map(({ headers }) => Number(headers.n));
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
      }
      const places = read.map(({ partition, offset }) => [partition, Number(offset)] as const);
      expect(places).toEqual(places.toSorted(([p, o], [q, r]) => p - q || o - r));
      expect(await records.topics()).toContain(topic);
    });

    it('reads what was appended after a place, also of keys that had no record then', async () => {
      const topic = `raw-${randomUUID()}`;
      const record = (key: string, n: number) => ({ topic, key, value: Buffer.from([n]), headers: {} });
      expect(await records.read(topic, await records.end(topic))).toEqual([]);
      await records.append([record('a', 1), record('b', 2)]);
      const place = JSON.parse(JSON.stringify(await records.end(topic)));
      expect(await records.read(topic, place)).toEqual([]);
      await records.append([record('a', 3), record('c', 4), record('d', 5)]);
      const read = await records.read(topic, place);
      expect(read.map(({ value }) => value?.[0]).toSorted()).toEqual([3, 4, 5]);
      expect(await records.read(topic)).toHaveLength(5);
    });

    it('reads nothing of a topic that does not exist, and makes none', async () => {
      const topic = `raw-${randomUUID()}`;
      expect(await records.read(topic)).toEqual([]);
      expect(await records.topics()).not.toContain(topic);
    });
  });
}
