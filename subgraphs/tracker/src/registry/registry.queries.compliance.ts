import { describe, expect, it } from 'vitest';
import { connection, type StateUnderTest } from '../../testing/fixtures.ts';
import { A, registryUnderTest } from '../../testing/registry.ts';

/** What is read of peers. */
export function queriesCompliance(create: () => Promise<StateUnderTest>): void {
  describe('queries', () => {
    const tested = registryUnderTest(create);
    const { establish, close, beat } = tested;

    it('lists peers by connection, newest first, in pages and by state', async () => {
      for (let n = 1; n <= 7; n += 1) await establish(n, [A], `peer-${n}`);
      await close(3, false, 'peer-3');
      const page = await tested.state.registry.peers({ first: 4 });
      expect(page.map(({ id }) => id)).toEqual(['peer-7', 'peer-6', 'peer-5', 'peer-4']);
      const next = await tested.state.registry.peers({ first: 4, after: `${connection(4)}:peer-4` });
      expect(next.map(({ id }) => id)).toEqual(['peer-3', 'peer-2', 'peer-1']);
      const closed = await tested.state.registry.peers({ first: 4, state: 'DISCONNECTED' });
      expect(closed.map(({ id }) => id)).toEqual(['peer-3']);
      expect(await tested.state.registry.countStates()).toEqual({ CONNECTED: 6, STALE: 0, DISCONNECTED: 1 });
    });

    it('offers the connected peers of a file for playback, with their load', async () => {
      await establish(1, [A], 'peer-1');
      await establish(2, [A], 'peer-2');
      await establish(3, [A], 'peer-3');
      await close(3, false, 'peer-3');
      await beat(1, 2);
      await tested.state.registry.notePlayback('peer-1');
      const candidates = await tested.state.registry.candidates(A, 10);
      expect(Object.fromEntries(candidates.map(({ peerId, load }) => [peerId, load]))).toEqual({
        'peer-1': 3,
        'peer-2': 0,
      });
    });
  });
}
