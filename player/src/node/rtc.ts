import {
  type DataChannel,
  type IceServer as NativeIceServer,
  PeerConnection,
  setSctpSettings,
} from 'node-datachannel';
import type { IceCandidate, IceServer, OfferChannel } from '../ports/rtc.ts';

/** RFC 7065: the port when none is given. */
const DEFAULT_PORT = 3_478;
/** `turn:host:port?transport=udp`; IPv6 addresses in brackets. */
const TURN_URL = /^turn:(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?(?:\?transport=udp)?$/i;

/**
 * What SCTP may hold that has come and has not been taken, in bytes. A sender has no more than that on its way, which bounds the speed
 * to so much a round trip: 40 MB/s at 100 ms. The library's own 1 MiB makes it 10 (`npm run bench -- swarm`).
 */
const RECEIVE_BUFFER_BYTES = 4 * 1_024 * 1_024;

setSctpSettings({ recvBufferSize: RECEIVE_BUFFER_BYTES });

/** The library closes a channel that nothing refers to. */
const held = new Set<DataChannel>();

/** {@link OfferChannel} over libdatachannel, through `node-datachannel`. */
export const offerChannel: OfferChannel = ({ label, iceServers }, events) => {
  // The library looks for candidates as soon as it makes an offer.
  if (!Array.isArray(iceServers)) throw new TypeError('the servers must be known');
  const connection = new PeerConnection('viewer', { iceServers: iceServers.flatMap(toNative) });
  const { promise: offer, resolve: offered } = Promise.withResolvers<string>();
  /** Null once the answer is known: the peer could connect before and be taken for a stranger. */
  let early: IceCandidate[] | null = [];

  connection.onLocalDescription((sdp, type) => {
    if (type === 'offer') offered(sdp);
  });
  connection.onLocalCandidate((candidate, sdpMid) => {
    const found = { candidate: candidate.replace(/^a=/, ''), sdpMid, sdpMLineIndex: 0 };
    if (early) early.push(found);
    else events.candidate(found);
  });
  connection.onStateChange(events.state);
  const channel = connection.createDataChannel(label);
  held.add(channel);
  channel.onOpen(events.opened);
  channel.onMessage((message) =>
    events.message(message instanceof ArrayBuffer ? new Uint8Array(message) : message),
  );
  channel.onClosed(() => {
    held.delete(channel);
    events.closed();
  });

  return {
    offer,
    async accept(answer) {
      connection.setRemoteDescription(answer, 'answer');
      const found = early ?? [];
      early = null;
      found.forEach(events.candidate);
    },
    addCandidate({ candidate, sdpMid }) {
      try {
        connection.addRemoteCandidate(candidate, sdpMid ?? '0');
      } catch {
        // Unusable, or too late for a connection that has failed.
      }
    },
    send(text) {
      try {
        if (channel.isOpen()) channel.sendMessage(text);
      } catch {
        // It has closed meanwhile, which `closed` reports.
      }
    },
    close() {
      // One that never opened does not say that it has closed, and would keep the process alive.
      if (!channel.isOpen()) {
        held.delete(channel);
        channel.close();
      }
      connection.close();
    },
  };
};

/** STUN servers, and relays over UDP: the library speaks neither TLS nor TCP to servers. */
function toNative({ urls, username, credential }: IceServer): (string | NativeIceServer)[] {
  return urls.flatMap((url): (string | NativeIceServer)[] => {
    if (url.startsWith('stun:')) return [url];
    const [, hostname, port = DEFAULT_PORT] = TURN_URL.exec(url) ?? [];
    if (!hostname || !username || !credential) return [];
    return [
      {
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port: Number(port),
        username,
        password: credential,
        relayType: 'TurnUdp',
      },
    ];
  });
}
