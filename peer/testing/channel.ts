import type { IceCandidate, PlaybackSignal } from '@giggityflix/proto';
import { type DataChannel, PeerConnection } from 'node-datachannel';

export type Signal = PlaybackSignal['signal'];

/** How signals travel between a viewer and its peer. */
export interface SignalPath {
  send(signal: Signal): void;
  /** Says who hears the signals for this viewer. */
  listen(listener: (signal: Signal) => void): void;
}

export interface OfferOptions {
  label: string;
  /** Longest message this side says it takes; the library's own unless given. */
  maxMessageBytes?: number;
}

/** A data channel from the side that offers. */
export interface OfferedChannel {
  readonly channel: DataChannel;
  /** Rejects with the reason when the other side refuses the offer. */
  readonly opened: Promise<void>;
  readonly closed: Promise<void>;
  /** Leaves without a word to the protocol above. */
  disconnect(): void;
}

/** The library closes a channel that nothing refers to. */
const held = new Set<DataChannel>();

/** Offers one data channel, as a browser does, from Node.js. */
export function offerChannel(options: OfferOptions, signals: SignalPath): OfferedChannel {
  const connection = new PeerConnection('viewer', {
    iceServers: [],
    ...(options.maxMessageBytes ? { maxMessageSize: options.maxMessageBytes } : {}),
  });
  const theirs: IceCandidate[] = [];
  const ours: IceCandidate[] = [];
  let answered = false;
  let left = false;
  const { promise: opened, resolve: succeed, reject: refuse } = Promise.withResolvers<void>();
  const { promise: closed, resolve: end } = Promise.withResolvers<void>();
  // Who only waits for the end has not asked.
  opened.catch(() => {});

  const add = ({ candidate, sdpMid }: IceCandidate) => {
    try {
      connection.addRemoteCandidate(candidate, sdpMid ?? '0');
    } catch {
      // It comes too late for a connection that has failed.
    }
  };
  const sendCandidate = (value: IceCandidate) => signals.send({ $case: 'candidate', value });
  signals.listen((signal) => {
    if (left) return;
    if (signal?.$case === 'lost') refuse(new Error(signal.value.reason));
    else if (signal?.$case === 'candidate') {
      if (answered) add(signal.value);
      else theirs.push(signal.value);
    } else if (signal?.$case === 'description') {
      connection.setRemoteDescription(signal.value.sdp, 'answer');
      answered = true;
      theirs.splice(0).forEach(add);
      ours.splice(0).forEach(sendCandidate);
    }
  });
  connection.onLocalDescription((sdp) =>
    signals.send({ $case: 'description', value: { type: 'offer', sdp } }),
  );
  // The other side could connect before the library knows its fingerprint, and be taken for a stranger.
  connection.onLocalCandidate((candidate, sdpMid) => {
    const one = { candidate, sdpMid };
    if (answered) sendCandidate(one);
    else ours.push(one);
  });
  const channel = connection.createDataChannel(options.label);
  held.add(channel);
  channel.onOpen(succeed);
  channel.onClosed(() => {
    held.delete(channel);
    refuse(new Error('the channel closed'));
    end();
  });
  return {
    channel,
    opened,
    closed,
    disconnect() {
      left = true;
      connection.close();
    },
  };
}
