import { randomUUID } from 'node:crypto';
import type { Signal } from '@giggityflix/bus';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNegotiationModel, peerNumber, type Step } from '../../testing/negotiations.ts';
import { newSessionId } from '../sessions/session-id.ts';
import {
  MAX_LEFT_PEERS,
  MAX_OFFERED_PEERS,
  MAX_SIGNALS,
  MAX_SOURCES,
  type NegotiationStore,
  SOURCE_PROBLEMS,
} from './negotiations.ts';

/** Random histories of one session. */
const RUNS = 200;

const answer: Signal = { kind: 'description', description: { type: 'answer', sdp: 'v=0' } };
const candidate: Signal = { kind: 'candidate', candidate: { candidate: 'candidate:1' } };
const lost: Signal = { kind: 'lost', reason: 'timeout' };

/** What every negotiation store keeps to where a session has several sources. */
export function describeNegotiationSources(
  name: string,
  open: (leftMemoryMs?: number) => Promise<{ store: NegotiationStore; close(): Promise<void> }>,
): void {
  describe(`${name}, with several sources`, () => {
    let store: NegotiationStore;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close?.());

    const newPeer = (peerId = `peer-${randomUUID()}`) => ({
      peerId,
      edgeId: 'edge-1',
      connectionId: randomUUID(),
    });
    const begun = async (sources: number) => {
      const sessionId = newSessionId(randomUUID());
      const peers = Array.from({ length: sources }, () => newPeer());
      for (const [source, peer] of peers.entries()) await store.begin(sessionId, source, peer);
      return { sessionId, peers };
    };

    it('stores what a peer signals for the source that it serves', async () => {
      const { sessionId, peers } = await begun(MAX_SOURCES);
      for (const [source, { peerId }] of [...peers.entries()].reverse())
        for (const [n, signal] of [answer, candidate].entries())
          expect(await store.append(sessionId, { id: `${source}:${n}`, peerId, signal })).toEqual({
            outcome: 'appended',
            source,
          });
      const stored = await store.signals(sessionId);
      expect(stored.map(({ id, source }) => [id, source])).toEqual(
        peers.flatMap((_, source) => [0, 1].map((n) => [`${source}:${n}`, source])),
      );
    });

    it('refuses a peer that serves another source, and changes nothing', async () => {
      const { sessionId, peers } = await begun(2);
      const before = [await store.get(sessionId), await store.offeredTo(sessionId)];
      expect(await store.begin(sessionId, 1, peers[0]!)).toEqual({ begun: false });
      expect(await store.begin(sessionId, 5, peers[1]!)).toEqual({ begun: false });
      expect([await store.get(sessionId), await store.offeredTo(sessionId)]).toEqual(before);
    });

    it('gives a peer to one of many that begin with it at once', async () => {
      const [sessionId, peer] = [newSessionId(randomUUID()), newPeer()];
      const outcomes = await Promise.all(
        Array.from({ length: MAX_SOURCES }, (_, source) => store.begin(sessionId, source, peer)),
      );
      expect(outcomes.filter((outcome) => outcome.begun)).toHaveLength(1);
      expect((await store.get(sessionId))?.serving).toHaveLength(1);
    });

    it('loses the peer of one source, and leaves the others as they are', async () => {
      const { sessionId, peers } = await begun(3);
      for (const { peerId } of peers) await store.append(sessionId, { id: peerId, peerId, signal: answer });
      await store.append(sessionId, { id: 'lost', peerId: peers[1]!.peerId, signal: lost });
      expect(await store.get(sessionId)).toEqual({
        serving: [
          { source: 0, peer: peers[0] },
          { source: 2, peer: peers[2] },
        ],
        lostPeerIds: [peers[1]!.peerId],
        left: [],
      });
      expect((await store.signals(sessionId)).map(({ source }) => source)).toEqual([0, 1, 1, 2]);
      await store.begin(sessionId, 1, newPeer());
      expect((await store.signals(sessionId)).map(({ source }) => source)).toEqual([0, 2]);
    });

    it('names the former peer of a source, unless it was left or serves another one', async () => {
      const { sessionId, peers } = await begun(2);
      const [first, second] = [newPeer(), newPeer()];
      expect(await store.begin(sessionId, 1, first)).toEqual({ begun: true, former: peers[1] });
      expect(await store.begin(sessionId, 1, first)).toEqual({ begun: true, former: null });
      await store.append(sessionId, { id: 'lost', peerId: first.peerId, signal: lost });
      expect(await store.begin(sessionId, 2, first)).toEqual({ begun: true, former: null });
      expect(await store.begin(sessionId, 1, second)).toEqual({ begun: true, former: peers[1] });
      expect(await store.leave(sessionId, 1, null)).toEqual(second);
      expect(await store.begin(sessionId, 1, newPeer())).toEqual({ begun: true, former: peers[1] });
    });

    it('ends the service of a source that is left, and lists its peer only with a problem', async () => {
      const { sessionId, peers } = await begun(3);
      expect(await store.leave(sessionId, 1, null)).toEqual(peers[1]);
      expect(await store.leave(sessionId, 2, 'slow')).toEqual(peers[2]);
      expect(await store.leave(sessionId, 2, 'not_proven')).toBeNull();
      expect(await store.leave(newSessionId('nobody'), 0, 'slow')).toBeNull();
      expect(await store.get(sessionId)).toEqual({
        serving: [{ source: 0, peer: peers[0] }],
        lostPeerIds: [],
        left: [{ peerId: peers[2]!.peerId, problem: 'slow' }],
      });
      for (const { peerId } of peers.slice(1))
        expect(await store.append(sessionId, { id: peerId, peerId, signal: answer })).toEqual({
          outcome: 'not_serving',
        });
      // The end of the session still reaches them.
      expect(await store.offeredTo(sessionId)).toEqual(peers);
    });

    it('still lists a lost peer as one that sent what is not of the file, until the next offer', async () => {
      const { sessionId, peers } = await begun(3);
      for (const { peerId } of peers) await store.append(sessionId, { id: peerId, peerId, signal: lost });
      expect(await store.leave(sessionId, 0, 'slow')).toBeNull();
      expect(await store.leave(sessionId, 0, null)).toBeNull();
      expect(await store.leave(sessionId, 1, 'not_proven')).toEqual(peers[1]);
      expect(await store.leave(sessionId, 1, 'not_proven')).toBeNull();
      await store.begin(sessionId, 2, newPeer());
      expect(await store.leave(sessionId, 2, 'not_proven')).not.toEqual(peers[2]);
      expect((await store.get(sessionId))?.left.map(({ peerId }) => peerId)).not.toContain(peers[2]!.peerId);
    });

    it('lists the latest of many peers that were left', async () => {
      const sessionId = newSessionId(randomUUID());
      for (let n = 0; n < MAX_LEFT_PEERS + 3; n += 1) {
        await store.begin(sessionId, 0, newPeer(`peer-${n}`));
        await store.leave(sessionId, 0, 'stalled');
      }
      const left = (await store.get(sessionId))?.left;
      expect(left).toHaveLength(MAX_LEFT_PEERS);
      expect(left?.at(-1)).toEqual({ peerId: `peer-${MAX_LEFT_PEERS + 2}`, problem: 'stalled' });
    });

    it('forgets after a while who was slow or stalled, and never who sent what is not of the file', async () => {
      const forgetful = await open(50);
      const sessionId = newSessionId(randomUUID());
      for (const [source, problem] of SOURCE_PROBLEMS.entries()) {
        await forgetful.store.begin(sessionId, source, newPeer(problem));
        await forgetful.store.leave(sessionId, source, problem);
      }
      await expect
        .poll(async () => (await forgetful.store.get(sessionId))?.left, { timeout: 60_000 })
        .toEqual([{ peerId: 'not_proven', problem: 'not_proven' }]);
      await forgetful.close();
    }, 120_000);

    it('stores a bounded number of signals for each source', async () => {
      const { sessionId, peers } = await begun(2);
      for (let n = 0; n < MAX_SIGNALS + 3; n += 1)
        await store.append(sessionId, { id: `${n}`, peerId: peers[1]!.peerId, signal: candidate });
      const { peerId } = peers[0]!;
      const appended = await store.append(sessionId, { id: 'answer', peerId, signal: answer });
      expect(appended).toEqual({ outcome: 'appended', source: 0 });
      expect(await store.signals(sessionId)).toHaveLength(MAX_SIGNALS + 1);
    });

    it('knows every peer that serves, however many came and went at another source', async () => {
      const { sessionId, peers } = await begun(2);
      for (let n = 0; n < 2 * MAX_OFFERED_PEERS; n += 1) await store.begin(sessionId, 5, newPeer());
      const offered = await store.offeredTo(sessionId);
      expect(offered).toHaveLength(MAX_OFFERED_PEERS);
      expect(offered.slice(0, 2)).toEqual(peers);
      expect(offered.at(-1)).toEqual((await store.get(sessionId))?.serving.at(-1)?.peer);
    });

    it('finds the sessions a peer serves, whichever source it serves there', async () => {
      const peer = newPeer();
      const sessionIds = [0, 3, 5].map(() => newSessionId(randomUUID()));
      for (const [index, source] of [0, 3, 5].entries()) await store.begin(sessionIds[index]!, source, peer);
      await store.append(sessionIds[1]!, { id: 'lost', peerId: peer.peerId, signal: lost });
      expect((await store.servedBy(peer.peerId, peer.connectionId)).sort()).toEqual(
        [sessionIds[0], sessionIds[2]].sort(),
      );
    });

    it('holds what a simple model holds after any history', async () => {
      const source = fc.nat(MAX_SOURCES - 1);
      const peer = fc.nat(7);
      const problem = fc.constantFrom('not_proven', 'stalled', 'slow', null);
      const step: fc.Arbitrary<Step> = fc.oneof(
        { weight: 4, arbitrary: fc.record({ do: fc.constant('begin' as const), source, peer }) },
        {
          weight: 4,
          arbitrary: fc.record({
            do: fc.constant('signal' as const),
            peer,
            id: fc.nat(60),
            lost: fc.boolean(),
          }),
        },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), source, problem }) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          const sessionId = newSessionId(randomUUID());
          const model = createNegotiationModel();
          for (const one of steps) expect(await apply(store, sessionId, one)).toEqual(model.apply(one));
          expect((await store.get(sessionId)) ?? { serving: [], lostPeerIds: [], left: [] }).toEqual(
            model.negotiation(),
          );
          expect(
            (await store.signals(sessionId)).map(({ id, source: of, peerId }) => ({
              id,
              source: of,
              peerId,
            })),
          ).toEqual(model.signals());
          expect(await store.offeredTo(sessionId)).toEqual(model.offeredTo());
        }),
        { numRuns: RUNS },
      );
    }, 120_000);
  });
}

function apply(store: NegotiationStore, sessionId: string, step: Step): Promise<unknown> {
  switch (step.do) {
    case 'begin':
      return store.begin(sessionId, step.source, peerNumber(step.peer));
    case 'signal':
      return store.append(sessionId, {
        id: `${step.id}`,
        peerId: `peer-${step.peer}`,
        signal: step.lost ? lost : answer,
      });
    case 'leave':
      return store.leave(sessionId, step.source, step.problem);
  }
}
