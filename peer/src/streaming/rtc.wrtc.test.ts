import { readdirSync } from 'node:fs';
import wrtc from '@roamhq/wrtc';
import { expect, it } from 'vitest';
import type { Candidate } from './rtc.ts';
import { createWrtcConnection } from './rtc.wrtc.ts';

const VIEWERS = 60;
/** What closed connections take before a collection: four threads for each of both ends, sixteen visits long. */
const MAX_RESIDUE = 4 * 2 * 16;

const threads = () => readdirSync('/proc/self/task').length;

/** Connects a viewer, and closes both ends once the viewer's channel is open. */
async function visit(): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: the package's types lean on the DOM library.
  const viewer = new (wrtc as any).RTCPeerConnection({ iceServers: [] });
  const { promise: accepted, resolve: accept } = Promise.withResolvers<void>();
  const peer = createWrtcConnection([], {
    candidate: (candidate) => void viewer.addIceCandidate(candidate).catch(() => {}),
    state() {},
    channel: () => accept(),
  });
  viewer.onicecandidate = ({ candidate }: { candidate: Candidate | null }) => {
    if (candidate) void peer.addCandidate(candidate);
  };
  viewer.createDataChannel('film');
  await viewer.setLocalDescription(await viewer.createOffer());
  const answer = await peer.answer(viewer.localDescription.sdp);
  await viewer.setRemoteDescription({ type: 'answer', sdp: answer });
  await accepted;
  peer.close();
  viewer.close();
}

it.runIf(process.platform === 'linux')('releases the threads of viewers that left', async () => {
  const before = threads();
  let peak = 0;
  for (let count = 0; count < VIEWERS; count += 1) {
    await visit();
    peak = Math.max(peak, threads());
  }
  expect(peak).toBeLessThan(before + MAX_RESIDUE);
});
