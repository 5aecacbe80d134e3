import { describe, expect, it } from 'vitest';
import { catalogUpdate, connection, type StateUnderTest } from '../../testing/fixtures.ts';
import { A, B, C, PEER, registryUnderTest } from '../../testing/registry.ts';

/** The newest connection wins, and redeliveries change nothing. */
export function connectionsCompliance(create: () => Promise<StateUnderTest>): void {
  describe('connections', () => {
    const tested = registryUnderTest(create);
    const { counts, changes, establish, close, full, delta, beat } = tested;

    it('stops counting a peer the moment its connection closes', async () => {
      await establish(1, [A, B]);
      await changes();
      await close(1);
      expect(await counts(A, B, C)).toEqual([0, 0, 0]);
      expect(await changes()).toEqual({ [A]: [0], [B]: [0] });
      expect(await tested.state.registry.peer(PEER)).toMatchObject({ state: 'DISCONNECTED', catalogSize: 0 });
    });

    it('changes nothing by the late close of an older connection', async () => {
      await establish(1, [A]);
      await establish(2);
      await changes();
      await close(1);
      expect(await counts(A, B, C)).toEqual([1, 0, 0]);
      expect(await changes()).toEqual({});
      expect(await tested.state.registry.peer(PEER)).toMatchObject({
        state: 'CONNECTED',
        connectionId: connection(2),
      });
    });

    it('publishes nothing when a peer reconnects with an unchanged catalog', async () => {
      await establish(1, [A, B]);
      await changes();
      await establish(2);
      await close(1);
      await full(2, [A, B]);
      expect(await changes()).toEqual({});
    });

    it('keeps a replaced peer until its newer connection announces its catalog, whichever event comes first', async () => {
      await establish(1, [A]);
      await changes();
      await close(1, true);
      expect(await counts(A, B, C)).toEqual([1, 0, 0]);
      await establish(2);
      await full(2, [A]);
      expect(await changes()).toEqual({});
    });

    it('ignores the catalog of an older connection', async () => {
      await establish(1, [A]);
      await establish(2, [B]);
      await full(1, [C]);
      await delta(1, [C]);
      expect(await counts(A, B, C)).toEqual([0, 1, 0]);
    });

    it('ignores everything of a connection after its close', async () => {
      await establish(1, [A]);
      await close(1);
      await changes();
      await establish(1, [A]);
      await full(1, [B]);
      await beat(1);
      expect(await counts(A, B, C)).toEqual([0, 0, 0]);
      expect(await changes()).toEqual({});
    });

    it('applies a close that came before its connection', async () => {
      await close(1);
      await full(1, [A]);
      await establish(1, [A]);
      expect(await counts(A, B, C)).toEqual([0, 0, 0]);
      expect(await changes()).toEqual({});
    });

    it('applies a catalog that came before its connection', async () => {
      await full(1, [A]);
      await establish(1, [B]);
      expect(await counts(A, B, C)).toEqual([1, 0, 0]);
    });

    it('applies deltas that overtook their connection to the catalog it brings', async () => {
      await delta(1, [C], [A]);
      await establish(1, [A, B]);
      expect(await counts(A, B, C)).toEqual([0, 1, 1]);
    });

    it('changes nothing by redelivered updates', async () => {
      const first = catalogUpdate({ peerId: PEER, connectionId: connection(1), catalogIds: [A] });
      const second = catalogUpdate({
        peerId: PEER,
        connectionId: connection(1),
        catalogIds: [B],
        removedCatalogIds: [A],
      });
      for (const update of [first, second, first, second]) await tested.state.registry.catalogUpdated(update);
      expect(await changes()).toEqual({ [A]: [1, 0], [B]: [1] });
    });

    it('does not mistake an update of a topic that was created again for a redelivery', async () => {
      const position = { source: 'updates/0', offset: '900', timestamp: 1_000 };
      const update = { peerId: PEER, connectionId: connection(1) };
      await tested.state.registry.catalogUpdated(catalogUpdate({ ...update, catalogIds: [A], position }));
      await tested.state.registry.catalogUpdated(
        catalogUpdate({
          ...update,
          catalogIds: [B],
          position: { ...position, offset: '0', timestamp: 2_000 },
        }),
      );
      expect(await counts(A, B, C)).toEqual([1, 1, 0]);
    });
  });
}
