import { expect, it, vi } from 'vitest';
import type { PeerRegistry } from './registry.ts';
import { selectPlaybackPeer } from './selection.ts';

function registry(loads: Record<string, number>) {
  return {
    candidates: async (_catalogId: string, limit: number) =>
      Object.entries(loads)
        .slice(0, limit)
        .map(([peerId, load]) => ({ peerId, load, edgeId: 'e', connectionId: 'c', lastHeartbeatAt: 0 })),
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
