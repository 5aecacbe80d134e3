import { describe, expect, it } from 'vitest';
import { connection, type StateUnderTest } from '../../testing/fixtures.ts';
import { A, B, PEER, registryUnderTest } from '../../testing/registry.ts';
import { DISTRUST_MS, FAILED_CHECK_MEMORY_MS, type HoldingCheck, PROOF_MEMORY_MS } from './registry.ts';

/** What becomes of peers that were asked to prove that they have a file. */
export function checksCompliance(create: () => Promise<StateUnderTest>): void {
  describe('holding checks', () => {
    const tested = registryUnderTest(create);
    const { establish, full, counts, changes, close } = tested;
    const check = (outcome: HoldingCheck['outcome'], catalogId = A, n = 1, peerId = PEER) =>
      tested.state.registry.holdingChecked({
        peerId,
        edgeId: 'edge-1',
        connectionId: connection(n),
        catalogId,
        outcome,
      });
    const trusts = async (catalogId = A) =>
      Object.fromEntries(
        (await tested.state.registry.candidates(catalogId, 10)).map(({ peerId, trust }) => [peerId, trust]),
      );

    it('do not count a peer for a file it failed to prove, whatever it announces, until that is forgotten', async () => {
      await establish(1, [A, B]);
      await changes();
      await check('failed');
      await check('failed');
      expect(await counts(A, B)).toEqual([0, 1]);
      expect(await changes()).toEqual({ [A]: [0] });
      await full(1, [A, B]);
      await tested.delta(1, [A]);
      await close(1);
      await establish(2, [A, B]);
      expect(await counts(A, B)).toEqual([0, 1]);
      expect(await trusts()).toEqual({});
      tested.advance(FAILED_CHECK_MEMORY_MS + 1);
      await full(2, [A, B]);
      expect(await counts(A, B)).toEqual([1, 1]);
    });

    it('count for nothing where they overtake the announcement, but for the file that was not proven', async () => {
      await check('failed');
      await establish(1, [A, B]);
      expect(await counts(A, B)).toEqual([0, 1]);
    });

    it('of an older connection take nothing from a newer one', async () => {
      await establish(1, [A]);
      await establish(2, [A]);
      await check('failed', A, 1);
      expect(await counts(A)).toEqual([1]);
    });

    it('say how far a peer is trusted with a file, for a while', async () => {
      await establish(1, [A, B]);
      expect(await trusts()).toEqual({ [PEER]: 'unproven' });
      await check('proven');
      expect(await trusts(A)).toEqual({ [PEER]: 'file_proven' });
      expect(await trusts(B)).toEqual({ [PEER]: 'peer_proven' });
      tested.advance(1_000);
      await check('unanswered', B);
      expect(await trusts(A)).toEqual({ [PEER]: 'file_proven' });
      expect(await trusts(B)).toEqual({ [PEER]: 'failed' });
      expect(await counts(A, B)).toEqual([1, 1]);
      tested.advance(1_000);
      await check('proven', B);
      expect(await trusts(B)).toEqual({ [PEER]: 'file_proven' });
      tested.advance(Math.max(PROOF_MEMORY_MS, DISTRUST_MS) + 1);
      expect(await trusts(A)).toEqual({ [PEER]: 'unproven' });
    });

    it('make no new peer of one that reconnects, and keep its network', async () => {
      await tested.state.registry.connectionEstablished({
        peerId: PEER,
        edgeId: 'edge-1',
        connectionId: connection(1),
        connectedAt: tested.now(),
        network: 'net-1',
        catalogIds: [A],
      });
      const before = await tested.state.registry.candidates(A, 10);
      expect(before).toMatchObject([{ network: 'net-1', firstSeenAt: tested.now() }]);
      await check('proven');
      tested.advance(1_000);
      await establish(2, [A]);
      const after = await tested.state.registry.candidates(A, 10);
      expect(after).toMatchObject([{ trust: 'file_proven', firstSeenAt: before[0]?.firstSeenAt }]);
    });

    it('find the peer that proved another file among many of which nothing is known', async () => {
      for (let n = 1; n <= 100; n += 1) await establish(n, [A], `crowd-${n}`);
      await establish(101, [A, B]);
      await check('proven', B, 101);
      const found = await tested.state.registry.candidates(A, 8);
      expect(found.find(({ peerId }) => peerId === PEER)?.trust).toBe('peer_proven');
      expect(found).toHaveLength(8);
    });

    it('find the peer that proved a file among many that say they have it', async () => {
      for (let n = 1; n <= 100; n += 1) await establish(n, [A], `crowd-${n}`);
      await establish(101, [A]);
      await check('proven', A, 101);
      const found = await tested.state.registry.candidates(A, 8);
      expect(found.find(({ peerId }) => peerId === PEER)?.trust).toBe('file_proven');
      await close(101);
      expect((await tested.state.registry.candidates(A, 8)).map(({ peerId }) => peerId)).not.toContain(PEER);
    });
  });
}
