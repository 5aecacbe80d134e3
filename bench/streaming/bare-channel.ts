import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DataChannel, PeerConnection } from 'node-datachannel';
import type { Signal } from '../../peer/testing/channel.ts';

const MESSAGE_BYTES = 65_536;
const BURST_BYTES = 2 * 1_024 * 1_024;
const LOW_BYTES = 1_024 * 1_024;

/** Answers an offer and sends bytes that mean nothing, as fast as the library takes them. */
export function createBareSender(bytes: number, send: (signal: Signal) => void) {
  const connection = new PeerConnection('bare', { iceServers: [] });
  const candidates: Signal[] = [];
  let answered = false;
  connection.onLocalCandidate((candidate, sdpMid) => {
    const signal: Signal = { $case: 'candidate', value: { candidate, sdpMid } };
    if (answered) send(signal);
    else candidates.push(signal);
  });
  connection.onLocalDescription((sdp) => {
    answered = true;
    send({ $case: 'description', value: { type: 'answer', sdp } });
    candidates.forEach(send);
  });
  connection.onDataChannel((channel) => void blast(channel, bytes));
  return {
    take(signal: Signal) {
      if (signal?.$case === 'description') connection.setRemoteDescription(signal.value.sdp, 'offer');
      if (signal?.$case === 'candidate')
        connection.addRemoteCandidate(signal.value.candidate, signal.value.sdpMid ?? '0');
    },
    close: () => connection.close(),
  };
}

async function blast(channel: DataChannel, bytes: number): Promise<void> {
  const message = new Uint8Array(MESSAGE_BYTES);
  let drained = () => {};
  channel.setBufferedAmountLowThreshold(LOW_BYTES);
  channel.onBufferedAmountLow(() => drained());
  for (let sent = 0; sent < bytes; ) {
    for (let burst = 0; burst < BURST_BYTES && sent < bytes; burst += MESSAGE_BYTES) {
      channel.sendMessageBinary(message);
      sent += MESSAGE_BYTES;
    }
    const low = new Promise<void>((resolve) => {
      drained = resolve;
    });
    if (channel.bufferedAmount() > LOW_BYTES) await low;
    else await nextTurn();
  }
}
