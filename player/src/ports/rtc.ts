/** An ICE candidate as WebRTC describes it. */
export interface IceCandidate {
  candidate: string;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
}

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** One side of a connection that offers one data channel, reliable and ordered. */
export interface OfferedChannel {
  /** The offer (SDP), once it is the connection's local description or its servers are awaited. Rejects when none can be made. */
  readonly offer: Promise<string>;
  /** Takes the answer (SDP), once the servers are known. Rejects when it is not understood. */
  accept(answer: string): Promise<void>;
  /** Adds a candidate of the other side, once the answer has been accepted; one that is unusable is ignored. */
  addCandidate(candidate: IceCandidate): void;
  /** Sends a text message; does nothing while the channel is not open. */
  send(text: string): void;
  close(): void;
}

/** What happens to an offered channel. */
export interface ChannelEvents {
  /** This side has found a candidate. */
  candidate(candidate: IceCandidate): void;
  opened(): void;
  message(message: string | Uint8Array): void;
  closed(): void;
  /** The state of the connection, as `RTCPeerConnection.connectionState` names it. */
  state(state: string): void;
}

/**
 * WebRTC of the platform: the page's own, or a library's. Servers that are promised come later: the offer is made without them, and
 * candidates are looked for once they are known. Only for platforms that can, see `Platform.offersAhead`.
 */
export type OfferChannel = (
  options: { label: string; iceServers: IceServer[] | Promise<IceServer[]> },
  events: ChannelEvents,
) => OfferedChannel;
