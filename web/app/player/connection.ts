import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import {
  ChannelError,
  createViewerClient,
  type Opened,
  type ViewerClient,
} from '@giggityflix/proto/viewer-client';
import { hashPiece, sha256 } from './hashing.ts';
import type { Signalling } from './signalling.ts';

/** From the offer to an open channel; a far peer behind TURN needs a few seconds. */
const CONNECT_TIMEOUT_MS = 12_000;
/** How long a connection may be without a route before another peer is asked for. */
const DISCONNECTED_TIMEOUT_MS = 4_000;

export interface PeerConnection {
  client: ViewerClient;
  /** What the peer said of the form that is open now. */
  opened: Opened;
  /** Settles with the reason once the peer is no longer there. */
  lost: Promise<string>;
  close(): void;
}

/** What a peer is asked to give. */
export interface Form {
  rendition: 'original' | 'remux' | 'transcode';
  /** Where a rendition made on the fly begins. */
  startSeconds: number;
  /** Tallest picture of a transcoded one, in lines. */
  maxHeight?: number;
  /** Which of the film's audio tracks one made on the fly has; without it the default one. */
  audioTrack?: number;
}

export interface ConnectOptions {
  signalling: Signalling;
  catalogId: string;
  iceServers: RTCIceServer[];
  token: string;
  form: Form;
}

/** Connects to whichever peer the platform picks and opens the film. @throws ChannelError, GraphQLRequestError */
export async function connectToPeer(options: ConnectOptions): Promise<PeerConnection> {
  const { signalling } = options;
  const connection = new RTCPeerConnection({ iceServers: options.iceServers });
  const channel = connection.createDataChannel(DATA_CHANNEL_LABEL);
  channel.binaryType = 'arraybuffer';
  const client = createViewerClient({
    catalogId: options.catalogId,
    sha256,
    hashPiece,
    send: (text) => {
      if (channel.readyState === 'open') channel.send(text);
    },
  });
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  let noRoute: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(noRoute);
    if (channel.readyState === 'open') channel.send(JSON.stringify({ type: 'close' }));
    connection.close();
    lose('closed');
  };
  void lost.then((reason) => client.closed(reason));
  channel.onmessage = ({ data }) => client.receive(typeof data === 'string' ? data : new Uint8Array(data));
  channel.onclose = () => lose('the channel closed');
  connection.onconnectionstatechange = () => {
    clearTimeout(noRoute);
    const state = connection.connectionState;
    if (state === 'failed') lose('the connection failed');
    if (state === 'disconnected')
      noRoute = setTimeout(() => lose('the connection was lost'), DISCONNECTED_TIMEOUT_MS);
  };
  connection.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) signalling.send({ candidate: candidate.toJSON() }).catch(() => {});
  };

  const early: RTCIceCandidateInit[] = [];
  const add = (candidate: RTCIceCandidateInit) => void connection.addIceCandidate(candidate).catch(() => {});
  signalling.onSignal((signal) => {
    if (signal.__typename === 'PeerLost') lose('the peer went away');
    else if (signal.__typename === 'IceCandidate') {
      const { candidate, sdpMid, sdpMLineIndex } = signal;
      if (connection.remoteDescription) add({ candidate, sdpMid, sdpMLineIndex });
      else early.push({ candidate, sdpMid, sdpMLineIndex });
    } else if (signal.type === 'answer') void takeAnswer(signal.sdp);
  });
  /** A peer may answer before the browser is done with the offer. */
  const { promise: offered, resolve: offerIsSet } = Promise.withResolvers<void>();
  const takeAnswer = async (sdp: string) => {
    await offered;
    if (connection.signalingState !== 'have-local-offer') return;
    try {
      await connection.setRemoteDescription({ type: 'answer', sdp });
      early.splice(0).forEach(add);
    } catch {
      lose('the answer was not understood');
    }
  };

  try {
    const open = new Promise<void>((resolve, reject) => {
      channel.onopen = () => resolve();
      void lost.then((reason) => reject(new ChannelError('closed', reason)));
      setTimeout(
        () => reject(new ChannelError('timeout', 'the peer could not be reached')),
        CONNECT_TIMEOUT_MS,
      );
    });
    open.catch(() => {});
    const offer = await connection.createOffer();
    const sent = signalling.send({ offer: { type: 'offer', sdp: offer.sdp } });
    await connection.setLocalDescription(offer);
    offerIsSet();
    await sent;
    await open;
    const opened = await client.open({ token: options.token, ...options.form });
    return { client, opened, lost, close };
  } catch (error) {
    close();
    throw error;
  }
}
