import wrtc from '@roamhq/wrtc';
import { createReclaimer } from './reclaimer.ts';
import type {
  Candidate,
  CreateRtcConnection,
  RtcChannel,
  RtcConnection,
  RtcEvents,
  RtcState,
} from './rtc.ts';

/** Candidates kept for an offer that has not come; more than any browser gathers. */
const MAX_EARLY_CANDIDATES = 64;

/** What a side that does not say takes in one message (RFC 8841, section 6), in bytes. */
const DEFAULT_MAX_MESSAGE_BYTES = 65_536;

/** The parts of the W3C interfaces that are used here; the package's types lean on the DOM library. */
interface NativeChannel {
  label: string;
  ordered: boolean;
  maxRetransmits: number | null;
  maxPacketLifeTime: number | null;
  readyState: string;
  binaryType: string;
  bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(): void;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null;
  onclose: (() => void) | null;
}

interface NativeConnection {
  connectionState: string;
  localDescription: { sdp: string } | null;
  setRemoteDescription(description: { type: string; sdp: string }): Promise<void>;
  createAnswer(): Promise<{ type: string; sdp: string }>;
  setLocalDescription(description: { type: string; sdp: string }): Promise<void>;
  addIceCandidate(candidate: Candidate): Promise<void>;
  close(): void;
  onicecandidate: ((event: { candidate: Candidate | null }) => void) | null;
  onconnectionstatechange: (() => void) | null;
  ondatachannel: ((event: { channel: NativeChannel }) => void) | null;
}

/** A connection that had a channel keeps threads, sockets and pipes until it is collected. */
const released = createReclaimer();

const { RTCPeerConnection } = wrtc as unknown as {
  RTCPeerConnection: new (configuration: object) => NativeConnection;
};

/** {@link CreateRtcConnection} over libwebrtc, through `@roamhq/wrtc`, from any UDP port. */
export const createWrtcConnection: CreateRtcConnection = (iceServers, events) =>
  connect({ iceServers }, events);

/** The same from a range of UDP ports (inclusive), which a router can be asked to let in. */
export function createWrtcConnectionInRange(portRange: { min: number; max: number }): CreateRtcConnection {
  return (iceServers, events) => connect({ iceServers, portRange }, events);
}

function connect(configuration: object, events: RtcEvents): RtcConnection {
  const connection = new RTCPeerConnection(configuration);
  let early: Candidate[] | null = [];
  let closed = false;
  let maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;

  connection.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate || closed) return;
    const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
    events.candidate({ candidate: line, sdpMid, sdpMLineIndex });
  };
  connection.onconnectionstatechange = () => {
    if (!closed) events.state(connection.connectionState as RtcState);
  };
  connection.ondatachannel = ({ channel }) => {
    if (closed) channel.close();
    else events.channel(adaptChannel(channel, maxMessageBytes));
  };

  const add = async (candidate: Candidate) => {
    // A candidate of an address family or transport this host lacks is refused; the others still serve.
    if (!closed) await connection.addIceCandidate(candidate).catch(() => {});
  };

  return {
    async answer(offerSdp) {
      maxMessageBytes = readMaxMessageBytes(offerSdp);
      await connection.setRemoteDescription({ type: 'offer', sdp: offerSdp });
      const waiting = early ?? [];
      early = null;
      for (const candidate of waiting) await add(candidate);
      const answer = await connection.createAnswer();
      await connection.setLocalDescription(answer);
      return connection.localDescription?.sdp ?? answer.sdp;
    },
    async addCandidate(candidate) {
      if (!early) await add(candidate);
      else if (early.length < MAX_EARLY_CANDIDATES) early.push(candidate);
    },
    close() {
      if (closed) return;
      closed = true;
      connection.close();
      released();
    },
  };
}

/** The library says 65535 where the specification says null. */
function isUnset(limit: number | null): boolean {
  return limit === null || limit === 65_535;
}

/** The `max-message-size` of an offer; 0 stands for no limit. */
function readMaxMessageBytes(sdp: string): number {
  const [, digits] = /^a=max-message-size:(\d{1,10})\s*$/m.exec(sdp) ?? [];
  if (digits === undefined) return DEFAULT_MAX_MESSAGE_BYTES;
  return Number(digits) || Number.POSITIVE_INFINITY;
}

function adaptChannel(channel: NativeChannel, maxMessageBytes: number): RtcChannel {
  channel.binaryType = 'arraybuffer';
  return {
    label: channel.label,
    reliable: channel.ordered && isUnset(channel.maxRetransmits) && isUnset(channel.maxPacketLifeTime),
    maxMessageBytes,
    send(message) {
      if (channel.readyState !== 'open') return false;
      try {
        channel.send(message);
        return true;
      } catch {
        return false;
      }
    },
    bufferedAmount: () => channel.bufferedAmount,
    onMessage(listener) {
      channel.onmessage = ({ data }) => listener(typeof data === 'string' ? data : new Uint8Array(data));
    },
    onClose(listener) {
      channel.onclose = listener;
    },
    close: () => channel.close(),
  };
}
