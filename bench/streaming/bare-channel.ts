import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import wrtc from '@roamhq/wrtc';

const MESSAGE_BYTES = 65_536;
const BURST_BYTES = 2 * 1_024 * 1_024;
const LOW_BYTES = 1_024 * 1_024;

/** Answers an offer and sends bytes that mean nothing, as fast as the library takes them. */
export function createBareSender(bytes: number, onCandidate: (candidate: object) => void) {
  // biome-ignore lint/suspicious/noExplicitAny: the package's types lean on the DOM library.
  const pc = new (wrtc as any).RTCPeerConnection({ iceServers: [] });
  pc.onicecandidate = ({ candidate }: { candidate: { toJSON(): object } | null }) => {
    if (candidate) onCandidate(candidate.toJSON());
  };
  pc.ondatachannel = async ({
    channel,
  }: {
    channel: { bufferedAmount: number; send(data: Uint8Array): void };
  }) => {
    const message = new Uint8Array(MESSAGE_BYTES);
    let sent = 0;
    while (sent < bytes) {
      for (let burst = 0; burst < BURST_BYTES && sent < bytes; burst += MESSAGE_BYTES) {
        channel.send(message);
        sent += MESSAGE_BYTES;
      }
      await nextTurn();
      while (channel.bufferedAmount > LOW_BYTES) await delay(2);
    }
  };
  return {
    async answer(offer: object) {
      await pc.setRemoteDescription(offer);
      const answer = await pc.createAnswer();
      await pc.setLocalDescription(answer);
      return { type: 'answer', sdp: pc.localDescription.sdp as string };
    },
    add: (candidate: object) => pc.addIceCandidate(candidate).catch(() => {}),
    close: () => pc.close(),
  };
}
