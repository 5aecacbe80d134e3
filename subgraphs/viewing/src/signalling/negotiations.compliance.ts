import { randomUUID } from 'node:crypto';
import type { Signal } from '@giggityflix/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSessionId } from '../sessions/session-id.ts';
import { MAX_LOST_PEERS, MAX_OFFERED_PEERS, MAX_SIGNALS, type NegotiationStore } from './negotiations.ts';

const answer: Signal = { kind: 'description', description: { type: 'answer', sdp: 'v=0\r\no="x" 🎬\n' } };
const candidate = (n: number): Signal => ({
  kind: 'candidate',
  candidate: { candidate: `candidate:${n}`, sdp_mid: '0', sdp_m_line_index: 0 },
});
const NOT_SERVING = { outcome: 'not_serving' };
const lost: Signal = { kind: 'lost', reason: 'timeout' };

/** What every negotiation store keeps to. */
export function describeNegotiationStore(
  name: string,
  open: () => Promise<{ store: NegotiationStore; close(): Promise<void> }>,
): void {
  describe(name, () => {
    let store: NegotiationStore;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close?.());

    const newSession = () => newSessionId(randomUUID());
    const newPeer = (peerId = `peer-${randomUUID()}`) => ({
      peerId,
      edgeId: 'edge-1',
      connectionId: randomUUID(),
    });
    const begun = async () => {
      const [sessionId, peer] = [newSession(), newPeer()];
      await store.begin(sessionId, 0, peer);
      return { sessionId, peer };
    };

    it('has nothing for a session without an offer', async () => {
      const sessionId = newSession();
      expect(await store.get(sessionId)).toBeNull();
      expect(await store.signals(sessionId)).toEqual([]);
      expect(await store.append(sessionId, { id: '1', peerId: 'p', signal: answer })).toEqual(NOT_SERVING);
    });

    it('stores what the peer signals, in order, each once', async () => {
      const { sessionId, peer } = await begun();
      const signals = [answer, candidate(1), candidate(2)].map((signal, index) => ({
        id: `0:${index}`,
        peerId: peer.peerId,
        signal,
      }));
      for (const signal of signals)
        expect(await store.append(sessionId, signal)).toEqual({ outcome: 'appended', source: 0 });
      expect(await store.append(sessionId, signals[1]!)).toEqual({ outcome: 'known', source: 0 });
      expect(await store.signals(sessionId)).toEqual(signals.map((signal) => ({ ...signal, source: 0 })));
      expect(await store.get(sessionId)).toEqual({
        serving: [{ source: 0, peer }],
        lostPeerIds: [],
        left: [],
      });
    });

    it('knows every peer that a session was offered to, the latest last', async () => {
      const { sessionId, peer } = await begun();
      const other = newPeer();
      await store.begin(sessionId, 0, other);
      await store.append(sessionId, { id: 'lost', peerId: other.peerId, signal: lost });
      expect(await store.offeredTo(sessionId)).toEqual([peer, other]);
      const moved = { ...peer, edgeId: 'edge-2', connectionId: randomUUID() };
      await store.begin(sessionId, 0, moved);
      expect(await store.offeredTo(sessionId)).toEqual([other, moved]);
      for (let n = 0; n < MAX_OFFERED_PEERS; n += 1) await store.begin(sessionId, 0, newPeer());
      expect(await store.offeredTo(sessionId)).toHaveLength(MAX_OFFERED_PEERS);
      expect(await store.offeredTo(newSession())).toEqual([]);
    });

    it('refuses signals of a peer that does not serve the session', async () => {
      const { sessionId } = await begun();
      expect(await store.append(sessionId, { id: '1', peerId: 'intruder', signal: answer })).toEqual(
        NOT_SERVING,
      );
      expect(await store.append(sessionId, { id: '2', peerId: 'intruder', signal: lost })).toEqual(
        NOT_SERVING,
      );
      expect(await store.signals(sessionId)).toEqual([]);
    });

    it('deletes the signals of the previous negotiation', async () => {
      const { sessionId, peer } = await begun();
      await store.append(sessionId, { id: '1', peerId: peer.peerId, signal: answer });
      const next = newPeer();
      await store.begin(sessionId, 0, next);
      expect(await store.signals(sessionId)).toEqual([]);
      expect(await store.append(sessionId, { id: '2', peerId: peer.peerId, signal: answer })).toEqual(
        NOT_SERVING,
      );
      expect((await store.get(sessionId))?.serving).toEqual([{ source: 0, peer: next }]);
    });

    it('ends the service of a lost peer, and lists it as lost', async () => {
      const { sessionId, peer } = await begun();
      const loss = { id: 'closed:1', peerId: peer.peerId, signal: lost };
      expect(await store.append(sessionId, loss)).toEqual({ outcome: 'appended', source: 0 });
      expect(await store.append(sessionId, loss)).toEqual({ outcome: 'known', source: 0 });
      expect(await store.get(sessionId)).toEqual({ serving: [], lostPeerIds: [peer.peerId], left: [] });
      expect(await store.signals(sessionId)).toEqual([{ ...loss, source: 0 }]);
      await store.begin(sessionId, 0, newPeer());
      expect((await store.get(sessionId))?.lostPeerIds).toEqual([peer.peerId]);
    });

    it('stores a bounded number of signals, and always the loss of the peer', async () => {
      const { sessionId, peer } = await begun();
      for (let n = 0; n < MAX_SIGNALS + 5; n += 1)
        await store.append(sessionId, { id: `0:${n}`, peerId: peer.peerId, signal: candidate(n) });
      expect(await store.signals(sessionId)).toHaveLength(MAX_SIGNALS);
      await store.append(sessionId, { id: 'lost', peerId: peer.peerId, signal: lost });
      expect((await store.signals(sessionId)).at(-1)?.signal).toEqual(lost);
    });

    it('lists the latest of many lost peers', async () => {
      const sessionId = newSession();
      for (let n = 0; n < MAX_LOST_PEERS + 3; n += 1) {
        await store.begin(sessionId, 0, newPeer(`peer-${n}`));
        await store.append(sessionId, { id: `lost:${n}`, peerId: `peer-${n}`, signal: lost });
      }
      const lostPeerIds = (await store.get(sessionId))?.lostPeerIds;
      expect(lostPeerIds).toHaveLength(MAX_LOST_PEERS);
      expect(lostPeerIds?.at(-1)).toBe(`peer-${MAX_LOST_PEERS + 2}`);
    });

    it('finds the sessions a peer serves over a connection', async () => {
      const peer = newPeer();
      const [a, b, moved] = [newSession(), newSession(), newSession()];
      for (const sessionId of [a, b, moved]) await store.begin(sessionId, 0, peer);
      await store.begin(moved, 0, newPeer());
      expect((await store.servedBy(peer.peerId, peer.connectionId)).sort()).toEqual([a, b].sort());
      expect(await store.servedBy(peer.peerId, randomUUID())).toEqual([]);
    });
  });
}
