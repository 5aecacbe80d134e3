import { describe, expect, it } from 'vitest';
import { choosePeer } from './choice.ts';
import type { LeftPeer, Negotiation, SourceProblem } from './negotiations.ts';

const peer = (peerId: string) => ({ peerId, edgeId: 'e', connectionId: `c-${peerId}` });

interface Before {
  serving?: Record<number, string>;
  lost?: string[];
  left?: Record<string, SourceProblem>;
}

function negotiation({ serving = {}, lost = [], left = {} }: Before): Negotiation {
  return {
    serving: Object.entries(serving).map(([source, id]) => ({ source: Number(source), peer: peer(id) })),
    lostPeerIds: lost,
    left: Object.entries(left).map(([peerId, problem]): LeftPeer => ({ peerId, problem })),
  };
}

/** The choice for a source where `holders`, the tracker's favourite first, have the file; and how often the tracker was asked. It counts a stream at each peer it answers with. */
async function choice(
  holders: string[],
  source: number,
  before: Before = {},
  { demoted = [], taken = [] }: { demoted?: string[]; taken?: string[] } = {},
) {
  let asked = 0;
  let counted = 0;
  const chosen = await choosePeer(
    { catalogId: 'x', source, before: negotiation(before), taken },
    {
      availability: {
        async choosePeer(_catalogId, excluded) {
          asked += 1;
          const id = holders.find((holder) => !excluded.includes(holder));
          if (id === undefined) return null;
          counted += 1;
          return peer(id);
        },
      },
      demotedIds: async (most) => demoted.slice(0, most),
    },
  );
  expect(counted).toBe(chosen ? 1 : 0);
  return { peerId: chosen?.peerId ?? null, asked };
}

describe('the peer of a source', () => {
  it('is the one the tracker prefers, asked once', async () => {
    expect(await choice(['a', 'b'], 0)).toEqual({ peerId: 'a', asked: 1 });
  });

  it('serves no other source of the session, even as the last resort', async () => {
    const serving = { 0: 'a', 2: 'b' };
    expect(await choice(['a', 'b', 'c'], 1, { serving })).toMatchObject({ peerId: 'c' });
    expect(await choice(['a', 'b'], 1, { serving })).toMatchObject({ peerId: null });
    expect(await choice(['a', 'c'], 0, {}, { taken: ['a'] })).toMatchObject({ peerId: 'c' });
    expect(await choice(['a'], 0, {}, { taken: ['a'] })).toMatchObject({ peerId: null });
  });

  it('is another one first, then the same one, then one that was lost', async () => {
    const before = { serving: { 0: 'a' }, lost: ['b'] };
    expect(await choice(['a', 'b', 'c'], 0, before)).toMatchObject({ peerId: 'c' });
    expect(await choice(['b', 'a'], 0, before)).toMatchObject({ peerId: 'a' });
    expect(await choice(['b'], 0, before)).toMatchObject({ peerId: 'b' });
  });

  it('is a demoted one after all others, also after those that were lost', async () => {
    const demoted = ['a', 'b'];
    expect(await choice(['a', 'b', 'c'], 0, {}, { demoted })).toMatchObject({ peerId: 'c' });
    expect(await choice(['a', 'c'], 1, { lost: ['c'] }, { demoted })).toMatchObject({ peerId: 'c' });
    expect(await choice(['a', 'b'], 1, { serving: { 0: 'b' } }, { demoted })).toMatchObject({ peerId: 'a' });
  });

  it('is a demoted one after a bounded number of requests, however many there are', async () => {
    const all = Array.from({ length: 100 }, (_, n) => `liar-${n}`);
    const { peerId, asked } = await choice(all, 0, {}, { demoted: all });
    expect(peerId).toBe('liar-0');
    expect(asked).toBe(2);
  });

  it('is another one, asked once, however many demoted ones the tracker prefers', async () => {
    const demoted = Array.from({ length: 400 }, (_, n) => `liar-${n}`);
    expect(await choice([...demoted, 'a'], 0, {}, { demoted })).toEqual({ peerId: 'a', asked: 1 });
  });

  it('is not asked for again where that could change nothing', async () => {
    const left = { a: 'not_proven' } as const;
    expect(await choice(['a'], 0, { left }, { demoted: ['a'] })).toEqual({ peerId: null, asked: 1 });
    expect(await choice(['a'], 0, { left })).toEqual({ peerId: null, asked: 1 });
  });

  it('is none that the player left with a problem', async () => {
    const left = { a: 'slow', b: 'not_proven' } as const;
    expect(await choice(['a', 'b', 'c'], 1, { left })).toMatchObject({ peerId: 'c' });
    expect(await choice(['a', 'b'], 1, { left })).toMatchObject({ peerId: null });
    expect(await choice(['a', 'b'], 0, { left, serving: { 1: 'c' } })).toMatchObject({ peerId: null });
  });

  it('is one that was too slow where nothing else plays, and never one that sent what is not of the file', async () => {
    expect(await choice(['a'], 0, { left: { a: 'stalled' } })).toMatchObject({ peerId: 'a' });
    expect(await choice(['a'], 0, { left: { a: 'not_proven' } })).toMatchObject({ peerId: null });
  });
});
