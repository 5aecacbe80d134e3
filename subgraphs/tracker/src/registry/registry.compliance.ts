import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CONNECTION_TIMEOUT_MS,
  catalogUpdate,
  connection,
  countsByTitle,
  drain,
  type StateUnderTest,
  title,
} from '../../testing/fixtures.ts';
import type { TrackerState } from '../state/state.ts';
import { CatalogTooLarge, CLOSED_CONNECTION_MEMORY_MS, MAX_CATALOG_IDS_PER_PEER } from './registry.ts';

const [A, B, C] = [title(1), title(2), title(3)] as [string, string, string];
const EDGE = 'edge-1';

/** What every adapter of the registry keeps to. */
export function registryCompliance(name: string, create: () => Promise<StateUnderTest>, skip: boolean): void {
  describe.skipIf(skip)(`the registry on ${name}`, () => {
    let under: StateUnderTest;
    let state: TrackerState;
    let time: number;

    beforeEach(async () => {
      time = Date.now();
      under = await create();
      state = await under.open({ now: () => time });
    });
    afterEach(() => under.close());

    const peer = 'peer-1';
    const counts = () => state.registry.countPeers([A, B, C]);
    const told = async () => Object.fromEntries(countsByTitle(await drain(state.outbox)));
    const establish = (n: number, catalogIds: string[] = [], peerId = peer) =>
      state.registry.connectionEstablished({
        peerId,
        edgeId: EDGE,
        connectionId: connection(n),
        connectedAt: time,
        catalogIds,
      });
    const close = (n: number, replaced = false, peerId = peer) =>
      state.registry.connectionClosed({ peerId, edgeId: EDGE, connectionId: connection(n), replaced });
    const full = (n: number, catalogIds: string[], peerId = peer) =>
      state.registry.catalogUpdated(
        catalogUpdate({ peerId, connectionId: connection(n), catalogIds, isFull: true }),
      );
    const delta = (n: number, added: string[], removed: string[] = []) =>
      state.registry.catalogUpdated(
        catalogUpdate({
          peerId: peer,
          connectionId: connection(n),
          catalogIds: added,
          removedCatalogIds: removed,
        }),
      );
    const beat = (n: number, activeStreams = 0) =>
      state.registry.heartbeat(EDGE, [{ peerId: peer, connectionId: connection(n), activeStreams }]);

    it('counts the peers of each title, in the order asked', async () => {
      await establish(1);
      await full(1, [A, B]);
      await establish(2, [A], 'peer-2');
      expect(await counts()).toEqual([2, 1, 0]);
      expect(await told()).toEqual({ [A]: [1, 2], [B]: [1] });
    });

    it('applies deltas, of which only what differs is told', async () => {
      await establish(1, [A, B]);
      await told();
      await delta(1, [B, C], [A, title(9)]);
      expect(await counts()).toEqual([0, 1, 1]);
      expect(await told()).toEqual({ [A]: [0], [C]: [1] });
    });

    it('keeps a title that a delta both adds and removes', async () => {
      await establish(1, [A]);
      await told();
      await delta(1, [A, B], [A, B]);
      expect(await counts()).toEqual([1, 1, 0]);
      expect(await told()).toEqual({ [B]: [1] });
    });

    it('replaces a catalog by a full update as an exact difference', async () => {
      await establish(1, [A, B]);
      await told();
      await full(1, [B, C]);
      expect(await told()).toEqual({ [A]: [0], [C]: [1] });
      await full(1, []);
      expect(await told()).toEqual({ [B]: [0], [C]: [0] });
    });

    it('applies a full update in parts with its final one', async () => {
      await establish(1, [A]);
      const part = { peerId: peer, connectionId: connection(1), isFull: true, updateId: 'parts' };
      await state.registry.catalogUpdated(catalogUpdate({ ...part, catalogIds: [B], final: false }));
      expect(await counts()).toEqual([1, 0, 0]);
      await state.registry.catalogUpdated(catalogUpdate({ ...part, catalogIds: [C], final: true }));
      expect(await counts()).toEqual([0, 1, 1]);
    });

    it('forgets the parts of a full update that another one overtook', async () => {
      await establish(1);
      await state.registry.catalogUpdated(
        catalogUpdate({
          peerId: peer,
          connectionId: connection(1),
          isFull: true,
          updateId: 'first',
          catalogIds: [A],
          final: false,
        }),
      );
      await full(1, [B]);
      expect(await counts()).toEqual([0, 1, 0]);
    });

    it('stops counting a peer the moment its connection closes', async () => {
      await establish(1, [A, B]);
      await told();
      await close(1);
      expect(await counts()).toEqual([0, 0, 0]);
      expect(await told()).toEqual({ [A]: [0], [B]: [0] });
      expect(await state.registry.peer(peer)).toMatchObject({ state: 'DISCONNECTED', catalogSize: 0 });
    });

    it('changes nothing by the late close of an older connection', async () => {
      await establish(1, [A]);
      await establish(2);
      await told();
      await close(1);
      expect(await counts()).toEqual([1, 0, 0]);
      expect(await told()).toEqual({});
      expect(await state.registry.peer(peer)).toMatchObject({
        state: 'CONNECTED',
        connectionId: connection(2),
      });
    });

    it('tells nothing when a peer reconnects with an unchanged catalog', async () => {
      await establish(1, [A, B]);
      await told();
      await establish(2);
      await close(1);
      await full(2, [A, B]);
      expect(await told()).toEqual({});
    });

    it('keeps a replaced peer until its newer connection speaks, whichever event comes first', async () => {
      await establish(1, [A]);
      await told();
      await close(1, true);
      expect(await counts()).toEqual([1, 0, 0]);
      await establish(2);
      await full(2, [A]);
      expect(await told()).toEqual({});
    });

    it('ignores what an older connection says of its catalog', async () => {
      await establish(1, [A]);
      await establish(2, [B]);
      await full(1, [C]);
      await delta(1, [C]);
      expect(await counts()).toEqual([0, 1, 0]);
    });

    it('ignores everything of a connection after its close', async () => {
      await establish(1, [A]);
      await close(1);
      await told();
      await establish(1, [A]);
      await full(1, [B]);
      await beat(1);
      expect(await counts()).toEqual([0, 0, 0]);
      expect(await told()).toEqual({});
    });

    it('remembers a close that came before its connection', async () => {
      await close(1);
      await full(1, [A]);
      await establish(1, [A]);
      expect(await counts()).toEqual([0, 0, 0]);
      expect(await told()).toEqual({});
    });

    it('takes a catalog that came before its connection', async () => {
      await full(1, [A]);
      await establish(1, [B]);
      expect(await counts()).toEqual([1, 0, 0]);
    });

    it('lays deltas that overtook their connection over the catalog it brings', async () => {
      await delta(1, [C], [A]);
      await establish(1, [A, B]);
      expect(await counts()).toEqual([0, 1, 1]);
    });

    it('changes nothing by redelivered updates', async () => {
      const first = catalogUpdate({ peerId: peer, connectionId: connection(1), catalogIds: [A] });
      const second = catalogUpdate({
        peerId: peer,
        connectionId: connection(1),
        catalogIds: [B],
        removedCatalogIds: [A],
      });
      for (const update of [first, second, first, second]) await state.registry.catalogUpdated(update);
      expect(await told()).toEqual({ [A]: [1, 0], [B]: [1] });
    });

    it('does not take an update of a topic made anew for a redelivery', async () => {
      const position = { source: 'updates/0', offset: '900', timestamp: 1_000 };
      const update = { peerId: peer, connectionId: connection(1) };
      await state.registry.catalogUpdated(catalogUpdate({ ...update, catalogIds: [A], position }));
      await state.registry.catalogUpdated(
        catalogUpdate({
          ...update,
          catalogIds: [B],
          position: { ...position, offset: '0', timestamp: 2_000 },
        }),
      );
      expect(await counts()).toEqual([1, 1, 0]);
    });

    it('refuses a catalog beyond the limit, and keeps what was', async () => {
      await establish(1, [A]);
      await told();
      const part = { peerId: peer, connectionId: connection(1), isFull: true, updateId: 'huge' };
      const size = 10_000;
      const upload = async () => {
        for (let at = 0; at <= MAX_CATALOG_IDS_PER_PEER; at += size) {
          const catalogIds = Array.from({ length: size }, (_, n) => (at + n).toString(16).padStart(64, '0'));
          await state.registry.catalogUpdated(catalogUpdate({ ...part, catalogIds, final: false }));
        }
      };
      await expect(upload()).rejects.toThrow(CatalogTooLarge);
      expect(await counts()).toEqual([1, 0, 0]);
      expect(await told()).toEqual({});
    });

    it('lets a silent peer go stale, and brings it back by a heartbeat with its catalog', async () => {
      await establish(1, [A, B]);
      await told();
      time += CONNECTION_TIMEOUT_MS - 1;
      expect(await state.registry.expireDue(10)).toBe(0);
      time += 1;
      expect(await state.registry.expireDue(10)).toBe(1);
      expect(await state.registry.peer(peer)).toMatchObject({ state: 'STALE', catalogSize: 2 });
      expect(await told()).toEqual({ [A]: [0], [B]: [0] });
      await beat(1);
      expect(await state.registry.peer(peer)).toMatchObject({ state: 'CONNECTED' });
      expect(await told()).toEqual({ [A]: [1], [B]: [1] });
    });

    it('keeps a peer with heartbeats connected', async () => {
      await establish(1, [A]);
      for (let beats = 0; beats < 5; beats += 1) {
        time += CONNECTION_TIMEOUT_MS / 2;
        await beat(1, 2);
        expect(await state.registry.expireDue(10)).toBe(0);
      }
      expect(await state.registry.peer(peer)).toMatchObject({
        state: 'CONNECTED',
        lastHeartbeatAt: time,
        activeStreams: 2,
      });
    });

    it('disconnects a stale peer in time, and forgets a disconnected one', async () => {
      await establish(1, [A]);
      time += CONNECTION_TIMEOUT_MS;
      await state.registry.expireDue(10);
      await told();
      time += CONNECTION_TIMEOUT_MS;
      await state.registry.expireDue(10);
      expect(await state.registry.peer(peer)).toMatchObject({ state: 'DISCONNECTED', catalogSize: 0 });
      time += CLOSED_CONNECTION_MEMORY_MS;
      await state.registry.expireDue(10);
      expect(await state.registry.peer(peer)).toBeNull();
      expect(await state.registry.peers({ first: 10 })).toEqual([]);
      expect(await told()).toEqual({});
    });

    it('acts on each expiry once across replicas', async () => {
      const other = await under.open({ now: () => time });
      for (let n = 1; n <= 20; n += 1) await establish(n, [A], `peer-${n}`);
      await told();
      time += CONNECTION_TIMEOUT_MS;
      const acted = await Promise.all([state.registry.expireDue(100), other.registry.expireDue(100)]);
      expect(acted[0] + acted[1]).toBe(20);
      // Either may have what the other appended to the same outbox.
      const entries = [...(await drain(state.outbox)), ...(await drain(other.outbox))];
      entries.sort((one, two) => (one.sequence < two.sequence ? -1 : 1));
      expect(Object.fromEntries(countsByTitle(entries))).toEqual({
        [A]: Array.from({ length: 20 }, (_, n) => 19 - n),
      });
    });

    it('lists peers by connection, newest first, in pages and by state', async () => {
      for (let n = 1; n <= 7; n += 1) await establish(n, [A], `peer-${n}`);
      await close(3, false, 'peer-3');
      const page = await state.registry.peers({ first: 4 });
      expect(page.map(({ id }) => id)).toEqual(['peer-7', 'peer-6', 'peer-5', 'peer-4']);
      const next = await state.registry.peers({ first: 4, after: `${connection(4)}:peer-4` });
      expect(next.map(({ id }) => id)).toEqual(['peer-3', 'peer-2', 'peer-1']);
      const closed = await state.registry.peers({ first: 4, state: 'DISCONNECTED' });
      expect(closed.map(({ id }) => id)).toEqual(['peer-3']);
      expect(await state.registry.countStates()).toEqual({ CONNECTED: 6, STALE: 0, DISCONNECTED: 1 });
    });

    it('offers the connected peers of a title for playback, with their load', async () => {
      await establish(1, [A], 'peer-1');
      await establish(2, [A], 'peer-2');
      await establish(3, [A], 'peer-3');
      await close(3, false, 'peer-3');
      await beat(1, 2);
      await state.registry.notePlayback('peer-1');
      const candidates = await state.registry.candidates(A, 10);
      expect(Object.fromEntries(candidates.map(({ peerId, load }) => [peerId, load]))).toEqual({
        'peer-1': 3,
        'peer-2': 0,
      });
    });

    it('numbers the changes of a title upwards', async () => {
      await establish(1, [A]);
      await delta(1, [], [A]);
      await delta(1, [A]);
      const sequences = (await drain(state.outbox)).map(({ sequence }) => sequence);
      expect(sequences).toEqual([...sequences].sort());
      expect(new Set(sequences).size).toBe(3);
    });
  });
}
