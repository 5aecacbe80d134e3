import { expect, it, vi } from 'vitest';
import type { PeerRegistry, PlaybackCandidate } from './registry.ts';
import { selectPlaybackPeer } from './selection.ts';

const candidate: PlaybackCandidate = {
  peerId: 'peer',
  edgeId: 'e',
  connectionId: 'c',
  load: 0,
  lastHeartbeatAt: 0,
  trust: 'unproven',
  network: null,
  firstSeenAt: 0,
};

function registry(loads: Record<string, number>) {
  return {
    candidates: async (_catalogId: string, limit: number) =>
      Object.entries(loads)
        .slice(0, limit)
        .map(([peerId, load]) => ({ ...candidate, peerId, load })),
    notePlayback: vi.fn(async () => {}),
  } as unknown as PeerRegistry;
}

it('chooses the least loaded peer, and counts the playback as load', async () => {
  const peers = registry({ a: 2, b: 1, c: 3 });
  expect(await selectPlaybackPeer(peers, { catalogId: 'x', excludePeerIds: [] })).toMatchObject({
    peerId: 'b',
  });
  expect(peers.notePlayback).toHaveBeenCalledWith('b');
});

it('spreads over equally loaded peers', async () => {
  const peers = registry({ a: 0, b: 0, c: 0 });
  const chosen = [0, 0.4, 0.99].map((at) =>
    selectPlaybackPeer(peers, { catalogId: 'x', excludePeerIds: [] }, () => at),
  );
  expect((await Promise.all(chosen)).map((peer) => peer?.peerId)).toEqual(['a', 'b', 'c']);
});

it('leaves excluded peers out, and returns null when none is left', async () => {
  const peers = registry({ a: 0, b: 1 });
  const choose = (excludePeerIds: string[]) => selectPlaybackPeer(peers, { catalogId: 'x', excludePeerIds });
  expect(await choose(['a'])).toMatchObject({ peerId: 'b' });
  expect(await choose(['a', 'b'])).toBeNull();
});

const choiceOf = (candidates: Partial<PlaybackCandidate>[], at: number, now = 1e12) =>
  selectPlaybackPeer(
    {
      candidates: async () => candidates.map((given) => ({ ...candidate, ...given })),
      notePlayback: async () => {},
    } as unknown as PeerRegistry,
    { catalogId: 'x', excludePeerIds: [] },
    () => at,
    () => now,
  );

it('prefers who proved this file, then who proved others, then the unknown, and takes who failed last', async () => {
  const all: Partial<PlaybackCandidate>[] = [
    { peerId: 'failed', trust: 'failed' },
    { peerId: 'unproven', trust: 'unproven' },
    { peerId: 'peer proven', trust: 'peer_proven', load: 5 },
    { peerId: 'file proven', trust: 'file_proven', load: 9 },
  ];
  for (const expected of ['file proven', 'peer proven', 'unproven', 'failed']) {
    expect(await choiceOf(all, 0.5)).toMatchObject({ peerId: expected });
    all.pop();
  }
});

it('gives 30 peers of one network no more than a single one elsewhere', async () => {
  const crowd = Array.from({ length: 30 }, (_, n) => ({ peerId: `crowd-${n}`, network: 'a' }));
  const all = [...crowd, { peerId: 'alone', network: 'b' }];
  expect(await choiceOf(all, 0.51)).toMatchObject({ peerId: 'alone' });
  expect((await choiceOf(all, 0.49))?.peerId).toMatch('crowd');
});

it('gives a new identity little weight', async () => {
  const all = [{ peerId: 'new', firstSeenAt: 1e12 - 1_000 }, { peerId: 'old' }];
  expect(await choiceOf(all, 0.1)).toMatchObject({ peerId: 'old' });
  expect(await choiceOf(all, 0.09)).toMatchObject({ peerId: 'new' });
});
