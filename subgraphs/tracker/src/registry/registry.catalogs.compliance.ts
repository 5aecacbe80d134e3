import { describe, expect, it } from 'vitest';
import { catalogUpdate, connection, drain, file, type StateUnderTest } from '../../testing/fixtures.ts';
import { A, B, C, PEER, registryUnderTest } from '../../testing/registry.ts';
import { CatalogTooLarge, MAX_CATALOG_IDS_PER_PEER } from './registry.ts';

/** Catalogs and their counts: exact differences. */
export function catalogsCompliance(create: () => Promise<StateUnderTest>): void {
  describe('catalogs', () => {
    const tested = registryUnderTest(create);
    const { counts, changes, establish, full, delta } = tested;

    it('counts the peers of each file, in the order of the ids', async () => {
      await establish(1);
      await full(1, [A, B]);
      await establish(2, [A], 'peer-2');
      expect(await counts(A, B, C)).toEqual([2, 1, 0]);
      expect(await changes()).toEqual({ [A]: [1, 2], [B]: [1] });
    });

    it('applies deltas, and publishes only what differs', async () => {
      await establish(1, [A, B]);
      await changes();
      await delta(1, [B, C], [A, file(9)]);
      expect(await counts(A, B, C)).toEqual([0, 1, 1]);
      expect(await changes()).toEqual({ [A]: [0], [C]: [1] });
    });

    it('keeps a file that a delta both adds and removes', async () => {
      await establish(1, [A]);
      await changes();
      await delta(1, [A, B], [A, B]);
      expect(await counts(A, B, C)).toEqual([1, 1, 0]);
      expect(await changes()).toEqual({ [B]: [1] });
    });

    it('replaces a catalog by a full update as an exact difference', async () => {
      await establish(1, [A, B]);
      await changes();
      await full(1, [B, C]);
      expect(await changes()).toEqual({ [A]: [0], [C]: [1] });
      await full(1, []);
      expect(await changes()).toEqual({ [B]: [0], [C]: [0] });
    });

    it('applies a full update in parts with its final one', async () => {
      await establish(1, [A]);
      const part = { peerId: PEER, connectionId: connection(1), isFull: true, updateId: 'parts' };
      await tested.state.registry.catalogUpdated(catalogUpdate({ ...part, catalogIds: [B], final: false }));
      expect(await counts(A, B, C)).toEqual([1, 0, 0]);
      await tested.state.registry.catalogUpdated(catalogUpdate({ ...part, catalogIds: [C], final: true }));
      expect(await counts(A, B, C)).toEqual([0, 1, 1]);
    });

    it('drops the parts of a full update that another one overtook', async () => {
      await establish(1);
      await tested.state.registry.catalogUpdated(
        catalogUpdate({
          peerId: PEER,
          connectionId: connection(1),
          isFull: true,
          updateId: 'first',
          catalogIds: [A],
          final: false,
        }),
      );
      await full(1, [B]);
      expect(await counts(A, B, C)).toEqual([0, 1, 0]);
    });

    it('refuses a catalog beyond the limit, and keeps the previous one', async () => {
      await establish(1, [A]);
      await changes();
      const part = { peerId: PEER, connectionId: connection(1), isFull: true, updateId: 'huge' };
      const size = 10_000;
      const upload = async () => {
        for (let at = 0; at <= MAX_CATALOG_IDS_PER_PEER; at += size) {
          const catalogIds = Array.from({ length: size }, (_, n) => (at + n).toString(16).padStart(64, '0'));
          await tested.state.registry.catalogUpdated(catalogUpdate({ ...part, catalogIds, final: false }));
        }
      };
      await expect(upload()).rejects.toThrow(CatalogTooLarge);
      expect(await counts(A, B, C)).toEqual([1, 0, 0]);
      expect(await changes()).toEqual({});
    });

    it('numbers the changes of a file upwards', async () => {
      await establish(1, [A]);
      await delta(1, [], [A]);
      await delta(1, [A]);
      const sequences = (await drain(tested.state.outbox)).map(({ sequence }) => sequence);
      expect(sequences).toEqual([...sequences].sort());
      expect(new Set(sequences).size).toBe(3);
    });
  });
}
