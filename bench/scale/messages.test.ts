import { expect, it } from 'vitest';
import { addedFile, catalogId, elsewhere, filesOf, HOLDERS } from './messages.ts';

const PEERS = 40;
const plan = { filesPerPeer: 7, files: (PEERS * 7) / HOLDERS };
const peers = Array.from({ length: PEERS }, (_, peer) => peer);

it('gives every file as many holders', () => {
  const holders = new Map<string, Set<number>>();
  for (const peer of peers)
    for (const file of [...filesOf(peer, plan), addedFile(peer, plan)]) {
      const id = catalogId(file).toString('hex');
      holders.set(id, (holders.get(id) ?? new Set()).add(peer));
    }
  expect(holders.size).toBe(plan.files + PEERS / HOLDERS);
  for (const those of holders.values()) expect(those.size).toBe(HOLDERS);
});

it.each([2, 5])('has the peers of each of %d edges go to all others', (edges) => {
  for (let edge = 0; edge < edges; edge += 1) {
    const to = new Set(peers.filter((peer) => peer % edges === edge).map((peer) => elsewhere(peer, edges)));
    expect([...to].sort()).toEqual(Array.from({ length: edges }, (_, n) => n).filter((n) => n !== edge));
  }
});
