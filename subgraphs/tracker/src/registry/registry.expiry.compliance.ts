import { describe, expect, it } from 'vitest';
import {
  CONNECTION_TIMEOUT_MS,
  connection,
  countsByFile,
  drain,
  type StateUnderTest,
} from '../../testing/fixtures.ts';
import { A, B, C, EDGE, PEER, registryUnderTest } from '../../testing/registry.ts';
import { CLOSED_CONNECTION_MEMORY_MS } from './registry.ts';

/** Peers without heartbeats. */
export function expiryCompliance(create: () => Promise<StateUnderTest>): void {
  describe('expiry', () => {
    const tested = registryUnderTest(create);
    const { counts, changes, establish, close, full, delta, beat } = tested;

    it('makes a peer without a heartbeat stale, and counts its catalog again after the next one', async () => {
      await establish(1, [A, B]);
      await changes();
      tested.advance(CONNECTION_TIMEOUT_MS - 1);
      expect(await tested.state.registry.expireDue(10)).toBe(0);
      tested.advance(1);
      expect(await tested.state.registry.expireDue(10)).toBe(1);
      expect(await tested.state.registry.peer(PEER)).toMatchObject({ state: 'STALE', catalogSize: 2 });
      expect(await changes()).toEqual({ [A]: [0], [B]: [0] });
      await beat(1);
      expect(await tested.state.registry.peer(PEER)).toMatchObject({ state: 'CONNECTED' });
      expect(await changes()).toEqual({ [A]: [1], [B]: [1] });
    });

    it('keeps a peer with heartbeats connected', async () => {
      await establish(1, [A]);
      for (let beats = 0; beats < 5; beats += 1) {
        tested.advance(CONNECTION_TIMEOUT_MS / 2);
        await beat(1, 2);
        expect(await tested.state.registry.expireDue(10)).toBe(0);
      }
      expect(await tested.state.registry.peer(PEER)).toMatchObject({
        state: 'CONNECTED',
        lastHeartbeatAt: tested.now(),
        activeStreams: 2,
      });
    });

    it('waits for every replica while one has not received what was sent', async () => {
      const other = await tested.openAnother();
      await establish(1, [A]);
      tested.advance(CONNECTION_TIMEOUT_MS);
      await other.registry.deferExpiry(CONNECTION_TIMEOUT_MS);
      expect(await tested.state.registry.expireDue(10)).toBe(0);
      tested.advance(CONNECTION_TIMEOUT_MS - 1);
      expect(await tested.state.registry.expireDue(10)).toBe(0);
      expect(await tested.state.registry.peer(PEER)).toMatchObject({ state: 'CONNECTED' });
      tested.advance(1);
      expect(await other.registry.expireDue(10)).toBe(1);
    });

    /** Nothing is heard of the peers until they count as disconnected. */
    const losePeers = async () => {
      for (const state of ['STALE', 'DISCONNECTED']) {
        tested.advance(CONNECTION_TIMEOUT_MS);
        await tested.state.registry.expireDue(10);
        expect(await tested.state.registry.peer(PEER)).toMatchObject({ state });
      }
    };

    it.each([
      ['a heartbeat', () => beat(1), { [A]: [1], [B]: [1] }],
      ['a change of its catalog', () => delta(1, [C], [A]), { [B]: [1], [C]: [1] }],
    ])('brings back with %s a connection that was only not heard of', async (_event, send, expected) => {
      await establish(1, [A, B]);
      await losePeers();
      await changes();
      await send();
      expect(await tested.state.registry.peer(PEER)).toMatchObject({ state: 'CONNECTED', catalogSize: 2 });
      expect(await changes()).toEqual(expected);
    });

    it('does not bring back what was reported closed after nothing had been heard of it', async () => {
      await establish(1, [A]);
      await losePeers();
      await close(1);
      await beat(1);
      expect(await tested.state.registry.peer(PEER)).toMatchObject({ state: 'DISCONNECTED', catalogSize: 0 });
      expect(await counts(A)).toEqual([0]);
    });

    it('has a new connection begin without the catalog of one that nothing was heard of', async () => {
      await establish(1, [A]);
      await losePeers();
      await changes();
      await establish(2);
      expect(await counts(A)).toEqual([0]);
      await full(2, [B]);
      await close(1);
      expect(await counts(A, B)).toEqual([0, 1]);
      expect(await changes()).toEqual({ [B]: [1] });
    });

    it('names connections that live and whose catalog nobody announces', async () => {
      const beating = (connections: number[]) =>
        tested.state.registry.heartbeat(
          EDGE,
          connections.map((n) => ({
            peerId: `peer-${n}`,
            connectionId: connection(n),
            activeStreams: 0,
          })),
        );
      const named = async () => (await beating([2, 3, 4])).map(({ peerId }) => peerId);
      expect(await named()).toEqual([]);
      await establish(3, [], 'peer-3');
      tested.advance(CONNECTION_TIMEOUT_MS - 1);
      expect(await named()).toEqual([]);
      tested.advance(1);
      expect((await named()).sort()).toEqual(['peer-2', 'peer-4']);
      await full(2, [A], 'peer-2');
      expect(await named()).toEqual(['peer-4']);
    });

    it('disconnects a stale peer in time, and deletes a disconnected one', async () => {
      await establish(1, [A]);
      tested.advance(CONNECTION_TIMEOUT_MS);
      await tested.state.registry.expireDue(10);
      await changes();
      tested.advance(CONNECTION_TIMEOUT_MS);
      await tested.state.registry.expireDue(10);
      expect(await tested.state.registry.peer(PEER)).toMatchObject({ state: 'DISCONNECTED' });
      tested.advance(CLOSED_CONNECTION_MEMORY_MS);
      await tested.state.registry.expireDue(10);
      expect(await tested.state.registry.peer(PEER)).toBeNull();
      expect(await tested.state.registry.peers({ first: 10 })).toEqual([]);
      expect(await changes()).toEqual({});
    });

    it('acts on each expiry once across replicas', async () => {
      const other = await tested.openAnother();
      for (let n = 1; n <= 20; n += 1) await establish(n, [A], `peer-${n}`);
      await changes();
      tested.advance(CONNECTION_TIMEOUT_MS);
      const acted = await Promise.all([tested.state.registry.expireDue(100), other.registry.expireDue(100)]);
      expect(acted[0] + acted[1]).toBe(20);
      // Either may have what the other appended to the same outbox.
      const entries = [...(await drain(tested.state.outbox)), ...(await drain(other.outbox))];
      entries.sort((one, two) => (one.sequence < two.sequence ? -1 : 1));
      expect(Object.fromEntries(countsByFile(entries))).toEqual({
        [A]: Array.from({ length: 20 }, (_, n) => 19 - n),
      });
    });
  });
}
