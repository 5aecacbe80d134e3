import { expect, it, vi } from 'vitest';
import type { Platform } from '../ports/platform.ts';
import type { Signalling } from '../session/signalling.ts';
import { connectToPeer } from './connection.ts';

/** An offer that goes out and is never answered, on timers that the test lets run out. */
function offerToSilence(attempt: number) {
  const waits: { ms: number; run: () => void }[] = [];
  const platform = {
    hashing: {},
    timers: {
      after(ms: number, run: () => void) {
        const entry = { ms, run };
        waits.push(entry);
        return () => void waits.splice(waits.indexOf(entry), 1);
      },
    },
    offerChannel: () => ({
      offer: Promise.resolve('v=0'),
      send: () => {},
      close: () => {},
      accept: async () => {},
      addCandidate: () => {},
    }),
  } as unknown as Platform;
  let signal: Parameters<Signalling['onSignal']>[0] = () => {};
  const signalling: Signalling = {
    send: async () => {},
    offered() {},
    onSignal(listener) {
      signal = listener;
    },
    blame() {},
  };
  const connecting = connectToPeer({
    platform,
    signalling,
    attempt,
    catalogId: 'ab'.repeat(32),
    iceServers: [],
    token: () => 'token',
    form: { rendition: 'original', startSeconds: 0 },
  });
  connecting.catch(() => {});
  return { connecting, waits, signal: (given: Parameters<typeof signal>[0]) => signal(given) };
}

it.each([
  [1, 1_500],
  [3, 1_500],
  [4, 3_000],
  [8, 12_000],
])('gives a peer that does not answer attempt %d %d ms', async (attempt, ms) => {
  const { connecting, waits } = offerToSilence(attempt);
  await vi.waitFor(() => expect(waits).toHaveLength(2));
  expect(waits[1]?.ms).toBe(ms);
  waits[1]?.run();
  await expect(connecting).rejects.toMatchObject({ code: 'unanswered' });
});

it('gives a peer that signals the time to find a route, and leaves a lost one at once', async () => {
  const { connecting, waits, signal } = offerToSilence(1);
  await vi.waitFor(() => expect(waits).toHaveLength(2));
  signal({
    __typename: 'IceCandidate',
    source: 0,
    candidate: 'candidate:1',
    sdpMid: null,
    sdpMLineIndex: null,
  });
  expect(waits.map(({ ms }) => ms)).toEqual([12_000]);
  signal({ __typename: 'PeerLost', source: 0, peerId: 'peer' });
  await expect(connecting).rejects.toMatchObject({ code: 'closed' });
});

it('takes a peer that serves as many viewers as it may for busy, not for lost', async () => {
  const { connecting, waits, signal } = offerToSilence(1);
  await vi.waitFor(() => expect(waits).toHaveLength(2));
  signal({ __typename: 'PeerLost', source: 0, peerId: 'peer', reason: 'BUSY' });
  await expect(connecting).rejects.toMatchObject({ code: 'busy' });
});
