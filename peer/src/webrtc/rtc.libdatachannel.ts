import { setTimeout as delay } from 'node:timers/promises';
import { type DataChannel, type IceServer, PeerConnection, setSctpSettings } from 'node-datachannel';
import {
  addressWithoutRelay,
  MAX_REMOTE_CANDIDATES,
  namesAddress,
  relayedPorts,
  withoutForeignNames,
} from './candidates.ts';
import { usableServers } from './ice-servers.ts';
import type {
  Candidate,
  CreateRtcConnection,
  RtcChannel,
  RtcConnection,
  RtcEvents,
  RtcState,
} from './rtc.ts';

/**
 * What SCTP may hold of one connection, unsent or unacknowledged, in bytes. It bounds the speed to this much a round trip: 20 MB/s at
 * 100 ms. With 512 KiB a viewer 50 ms away got 6.8 MB/s in place of 20 to 30 (`npm run bench -- swarm`). What still comes after
 * a seek on a slow line is bounded by the viewer's window, which follows the speed.
 */
const SEND_BUFFER_BYTES = 2 * 1_024 * 1_024;

/**
 * How long an answer waits for candidates, in milliseconds: enough for those of this host, and of a STUN server nearby. Viewers
 * that try only what the answer holds can begin with them; the others follow.
 */
const ANSWER_CANDIDATES_MS = 50;

/** Inclusive. */
interface PortRange {
  min: number;
  max: number;
}

/** {@link CreateRtcConnection} over libdatachannel, through `node-datachannel`, from any UDP port. */
export const createLibdatachannelConnection: CreateRtcConnection = (iceServers, events) =>
  connect(usableServers(iceServers), events);

/** The same from a range of UDP ports, which a router can be asked to let in. */
export function createLibdatachannelConnectionInRange(ports: PortRange): CreateRtcConnection {
  return (iceServers, events) => connect(usableServers(iceServers), events, ports);
}

setSctpSettings({ sendBufferSize: SEND_BUFFER_BYTES });

function connect(iceServers: IceServer[], events: RtcEvents, ports?: PortRange): RtcConnection {
  const connection = new PeerConnection('peer', {
    iceServers,
    ...(ports ? { portRangeBegin: ports.min, portRangeEnd: ports.max } : {}),
  });
  /** Remote candidates wait for the offer, ours for the answer. */
  const early: Candidate[] = [];
  const unsent: Candidate[] = [];
  /** Where the viewer's relays send from. */
  const relayed = new Set<number>();
  let described = false;
  let answered = false;
  let remoteCandidates = 0;
  let closed = false;
  const { promise: left, reject: leave } = Promise.withResolvers<never>();
  left.catch(() => {});
  const { promise: gathered, resolve: finishGathering } = Promise.withResolvers<void>();

  connection.onGatheringStateChange(
    outsideOfLibrary((state: string) => {
      if (state === 'complete') finishGathering();
    }),
  );
  connection.onLocalCandidate(
    outsideOfLibrary((candidate: string, sdpMid: string) => {
      const one = { candidate: candidate.replace(/^a=/, ''), sdpMid, sdpMLineIndex: 0 };
      if (closed) return;
      if (answered) events.candidate(one);
      else unsent.push(one);
    }),
  );
  connection.onStateChange(
    outsideOfLibrary((state: string) => {
      if (!closed) events.state((state === 'new' ? 'connecting' : state) as RtcState);
    }),
  );
  connection.onDataChannel(
    outsideOfLibrary((channel: DataChannel) => {
      if (closed) channel.close();
      else events.channel(adaptChannel(channel));
    }),
  );

  const add = ({ candidate, sdpMid }: Candidate) => {
    try {
      connection.addRemoteCandidate(candidate, sdpMid ?? '0');
    } catch {
      // One that does not parse, or is of a transport this host lacks; the others still serve.
    }
  };

  return {
    async answer(offerSdp) {
      const { promise: made, resolve } = Promise.withResolvers<string>();
      connection.onLocalDescription(outsideOfLibrary(resolve));
      for (const port of relayedPorts(offerSdp)) relayed.add(port);
      connection.setRemoteDescription(withoutForeignNames(offerSdp), 'offer');
      const bare = await Promise.race([made, left]);
      described = true;
      for (const candidate of early.splice(0)) add(candidate);
      await Promise.race([gathered, delay(ANSWER_CANDIDATES_MS), left]);
      const answer = connection.localDescription()?.sdp ?? bare;
      // Whoever called sends the answer first.
      setImmediate(() => {
        answered = true;
        for (const one of unsent.splice(0))
          if (!closed && !answer.includes(`a=${one.candidate}`)) events.candidate(one);
      });
      return answer;
    },
    async addCandidate(candidate) {
      for (const port of relayedPorts(candidate.candidate)) relayed.add(port);
      if (closed || remoteCandidates >= MAX_REMOTE_CANDIDATES || !namesAddress(candidate.candidate)) return;
      remoteCandidates += 1;
      if (described) add(candidate);
      else early.push(candidate);
    },
    viewerAddress() {
      const pair = closed ? null : connection.getSelectedCandidatePair();
      return pair && addressWithoutRelay(pair, relayed);
    },
    close() {
      if (closed) return;
      closed = true;
      leave(new Error('closed before there was an answer'));
      connection.close();
    },
  };
}

function adaptChannel(channel: DataChannel): RtcChannel {
  let ended = false;
  /** Who waits for the buffer to empty. */
  let wake: (() => void) | null = null;
  let onClose = () => {};
  channel.onClosed(
    outsideOfLibrary(() => {
      ended = true;
      wake?.();
      onClose();
    }),
  );
  channel.onBufferedAmountLow(outsideOfLibrary(() => wake?.()));
  return {
    label: channel.getLabel(),
    maxMessageBytes: channel.maxMessageSize(),
    send(message) {
      if (!channel.isOpen()) return false;
      try {
        // What it answers is whether the message has left already.
        if (typeof message === 'string') channel.sendMessage(message);
        else channel.sendMessageBinary(message);
        return true;
      } catch {
        return false;
      }
    },
    bufferedAmount: () => channel.bufferedAmount(),
    async drained(bytes) {
      if (ended || !channel.isOpen()) return;
      channel.setBufferedAmountLowThreshold(bytes);
      // The event may be late, of a threshold that was passed before and has been exceeded again.
      while (!ended && channel.isOpen()) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        if (channel.bufferedAmount() <= bytes) break;
        await promise;
      }
      wake = null;
    },
    onMessage(listener) {
      channel.onMessage(
        outsideOfLibrary((message: string | Uint8Array | ArrayBuffer) => {
          listener(message instanceof ArrayBuffer ? new Uint8Array(message) : message);
        }),
      );
    },
    onClose(listener) {
      onClose = listener;
    },
    close() {
      wake?.();
      ended = true;
      channel.close();
    },
  };
}

/** The library ends the process, without a word, when something is thrown into it. */
function outsideOfLibrary<Args extends unknown[]>(
  listener: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}
