import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionDirectory, ConnectionEntry } from './connection-directory.ts';

/** What every adapter of {@link ConnectionDirectory} does. */
export function describeConnectionDirectory(
  name: string,
  open: () => Promise<{ directory: ConnectionDirectory; close(): Promise<void> }>,
): void {
  describe(`connection directory ${name}`, () => {
    let directory: ConnectionDirectory;
    let close: () => Promise<void>;
    let peerId: string;
    let edgeId: string;
    beforeEach(async () => {
      ({ directory, close } = await open());
      peerId = `peer-${randomUUID()}`;
      edgeId = `edge-${randomUUID()}`;
    });
    afterEach(() => close());
    const entry = (changes: Partial<ConnectionEntry> = {}): ConnectionEntry => ({
      peerId,
      edgeId,
      connectionId: uuidv7(),
      ...changes,
    });

    it('finds the newest connection of a peer, in whatever order they were added', async () => {
      const [older, newer] = [entry(), entry({ edgeId: `${edgeId}-b` })];
      await directory.add(newer);
      await directory.add(older);
      expect(await directory.find(peerId)).toEqual(newer);
      await directory.remove(newer);
      expect(await directory.find(peerId)).toEqual(older);
      await directory.remove(older);
      expect(await directory.find(peerId)).toBeNull();
    });

    it('keeps the greatest id of a peer past the end of the connection, in whatever order they were added', async () => {
      expect(await directory.newestId(peerId)).toBeNull();
      const ahead = entry({ connectionId: uuidv7({ msecs: Date.now() + 120_000 }) });
      await directory.add(ahead);
      await directory.remove(ahead);
      const later = entry({ edgeId: `${edgeId}-b` });
      await directory.add(later);
      expect(await directory.newestId(peerId)).toBe(ahead.connectionId);
      expect(await directory.newestId(`${peerId}-b`)).toBeNull();
    });

    it('lists the connections of an edge and no others', async () => {
      const mine = [entry(), entry({ peerId: `${peerId}-b` })];
      for (const one of mine) await directory.add(one);
      await directory.add(entry({ edgeId: `${edgeId}-b` }));
      const listed = await directory.ofEdge(edgeId);
      expect(listed.toSorted((a, b) => (a.connectionId < b.connectionId ? -1 : 1))).toEqual(mine);
    });

    it('lists thousands', async () => {
      const mine = Array.from({ length: 1_200 }, (_, index) => entry({ peerId: `${peerId}-${index}` }));
      await Promise.all(mine.map((one) => directory.add(one)));
      expect(await directory.ofEdge(edgeId)).toHaveLength(1_200);
    });

    it('takes adding and removing twice for once', async () => {
      const one = entry();
      await directory.add(one);
      await directory.add(one);
      expect(await directory.ofEdge(edgeId)).toEqual([one]);
      await directory.remove(one);
      await directory.remove(one);
      expect(await directory.ofEdge(edgeId)).toEqual([]);
    });
  });
}
