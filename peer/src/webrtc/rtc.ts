import type { IceServerConfig } from './ice-servers.ts';

/** An ICE candidate as `RTCIceCandidate.toJSON()` gives it. */
export interface Candidate {
  candidate: string;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
}

/** A data channel, from the side that answers. */
export interface RtcChannel {
  readonly label: string;
  /** Longest message the other side takes, in bytes. */
  readonly maxMessageBytes: number;
  /** False when the channel no longer takes messages. The bytes are copied. */
  send(message: string | Uint8Array): boolean;
  /** Bytes accepted by `send` that have not left. */
  bufferedAmount(): number;
  /** Resolves once at most so many bytes wait, or the channel has closed. For one caller at a time. */
  drained(bytes: number): Promise<void>;
  onMessage(listener: (message: string | Uint8Array) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/**
 * The last three are for good. A short loss of the route stays unseen: SCTP repeats itself for some 12 s, and consent lasts
 * 30 s (RFC 7675).
 */
export type RtcState = 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface RtcEvents {
  candidate(candidate: Candidate): void;
  state(state: RtcState): void;
  channel(channel: RtcChannel): void;
}

/** A connection that answers a viewer's offer. */
export interface RtcConnection {
  /**
   * Takes an offer and gives the answer's SDP; candidates follow as events, after that.
   * @throws Error when the SDP is not one, or the connection is closed meanwhile.
   */
  answer(offerSdp: string): Promise<string>;
  /** May come before the offer; kept until then. Those that do not parse, or name no address, are dropped. */
  addCandidate(candidate: Candidate): Promise<void>;
  /**
   * The address that the viewer is reached at; null before there is a way to it, and where a relay stands in between.
   */
  viewerAddress(): string | null;
  /** Idempotent; no event follows. */
  close(): void;
}

export type CreateRtcConnection = (iceServers: IceServerConfig[], events: RtcEvents) => RtcConnection;
