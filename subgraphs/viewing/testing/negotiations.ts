import type { ServingPeer } from '../src/availability/availability.ts';
import type { Appended, Begun, Negotiation, SourceProblem } from '../src/signalling/negotiations.ts';

/** What may happen to a session; peers and signals are numbers. */
export type Step =
  | { do: 'begin'; source: number; peer: number }
  | { do: 'signal'; peer: number; id: number; lost: boolean }
  | { do: 'leave'; source: number; problem: SourceProblem | null };

export const peerNumber = (n: number): ServingPeer => ({
  peerId: `peer-${n}`,
  edgeId: 'edge-1',
  connectionId: `connection-${n}`,
});

/** The negotiations of one session, as plainly as they can be written; histories shorter than the limits. */
export function createNegotiationModel() {
  const serving = new Map<number, number>();
  /** The source each peer was offered last, the latest peer last; null once it was left. */
  const offered = new Map<number, number | null>();
  const lost: number[] = [];
  const left: { peer: number; problem: SourceProblem }[] = [];
  let signals: { id: string; source: number; peerId: string }[] = [];
  /** The peer that was lost to each source since its last offer. */
  const lostTo = new Map<number, number>();
  const sourceOf = (peer: number) => [...serving].find(([, one]) => one === peer)?.[0];
  const moveToEnd = <T>(list: T[], isSame: (one: T) => boolean, latest: T) => {
    const others = list.filter((one) => !isSame(one));
    list.splice(0, list.length, ...others, latest);
  };
  const clear = (source: number) => {
    signals = signals.filter((one) => one.source !== source);
    lostTo.delete(source);
  };

  const begin = (source: number, peer: number): Begun => {
    const served = sourceOf(peer);
    if (served !== undefined && served !== source) return { begun: false };
    const former = [...offered].findLast(([, of]) => of === source)?.[0];
    serving.set(source, peer);
    offered.delete(peer);
    offered.set(peer, source);
    clear(source);
    return { begun: true, former: former === undefined || former === peer ? null : peerNumber(former) };
  };
  const signal = (peer: number, id: string, isLost: boolean): Appended => {
    const known = signals.find((one) => one.id === id);
    if (known) return { outcome: 'known', source: known.source };
    const source = sourceOf(peer);
    if (source === undefined) return { outcome: 'not_serving' };
    signals.push({ id, source, peerId: `peer-${peer}` });
    if (isLost) {
      serving.delete(source);
      lostTo.set(source, peer);
      moveToEnd(lost, (one) => one === peer, peer);
    }
    return { outcome: 'appended', source };
  };
  const leave = (source: number, problem: SourceProblem | null): ServingPeer | null => {
    const peer = serving.get(source) ?? (problem === 'not_proven' ? lostTo.get(source) : undefined);
    if (peer === undefined) return null;
    serving.delete(source);
    if (offered.get(peer) === source) offered.set(peer, null);
    if (problem) moveToEnd(left, (one) => one.peer === peer, { peer, problem });
    clear(source);
    return peerNumber(peer);
  };

  return {
    apply(step: Step) {
      if (step.do === 'begin') return begin(step.source, step.peer);
      if (step.do === 'leave') return leave(step.source, step.problem);
      return signal(step.peer, `${step.id}`, step.lost);
    },
    negotiation: (): Negotiation => ({
      serving: [...serving]
        .sort(([a], [b]) => a - b)
        .map(([source, peer]) => ({ source, peer: peerNumber(peer) })),
      lostPeerIds: lost.map((peer) => `peer-${peer}`),
      left: left.map(({ peer, problem }) => ({ peerId: `peer-${peer}`, problem })),
    }),
    signals: () => [...signals].sort((a, b) => a.source - b.source),
    offeredTo: () => [...offered.keys()].map(peerNumber),
  };
}
