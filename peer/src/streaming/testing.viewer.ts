import { hash } from 'node:crypto';
import type { IceCandidate, PlaybackSignal } from '@giggityflix/proto';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import { pieceHashOf } from '@giggityflix/proto/merkle';
import { createViewerClient, type ViewerClient } from '@giggityflix/proto/viewer-client';
import wrtc from '@roamhq/wrtc';

export const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');

interface NativeChannel {
  readyState: string;
  binaryType: string;
  send(data: string | Uint8Array): void;
  close(): void;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null;
}

/** A viewer over `@roamhq/wrtc`. */
export interface TestViewer {
  readonly sessionId: string;
  readonly channel: NativeChannel;
  readonly client: ViewerClient;
  /** Every text the peer sent. */
  readonly texts: string[];
  readonly closed: Promise<void>;
  disconnect(): void;
}

export interface ViewerOptions {
  label?: string;
  channel?: object;
  windowBytes?: number;
  /** Longest message the viewer says it takes; the library's own unless given. */
  maxMessageBytes?: number;
  /** A mute client only counts what comes: the test itself speaks. */
  mute?: boolean;
}

/** How signals travel between a viewer and its peer. */
export interface SignalPath {
  send(signal: PlaybackSignal): void;
  /** Says who hears the signals of this viewer's session. */
  listen(listener: (signal: PlaybackSignal) => void): void;
}

/** Connects to a peer; rejects with the reason when it refuses the offer. */
export async function connectViewer(
  sessionId: string,
  catalogId: string,
  options: ViewerOptions & SignalPath,
): Promise<TestViewer> {
  const id = Buffer.from(catalogId, 'hex');
  // biome-ignore lint/suspicious/noExplicitAny: the package's types lean on the DOM library.
  const pc = new (wrtc as any).RTCPeerConnection({ iceServers: [] });
  const channel: NativeChannel = pc.createDataChannel(
    options.label ?? DATA_CHANNEL_LABEL,
    options.channel ?? {},
  );
  channel.binaryType = 'arraybuffer';
  const texts: string[] = [];
  const client = createViewerClient({
    catalogId,
    sha256,
    hashPiece: (piece, size) => pieceHashOf(piece, size, sha256),
    windowBytes: options.windowBytes,
    send: (text) => {
      if (channel.readyState === 'open' && !options.mute) channel.send(text);
    },
  });
  channel.onmessage = ({ data }) => {
    if (typeof data === 'string') texts.push(data);
    client.receive(typeof data === 'string' ? data : new Uint8Array(data));
  };
  const closed = new Promise<void>((resolve) => {
    channel.onclose = () => {
      client.closed('the channel closed');
      resolve();
    };
  });
  const opened = new Promise<void>((resolve, reject) => {
    channel.onopen = () => resolve();
    const early: IceCandidate[] = [];
    let answered = false;
    options.listen(({ signal }) => {
      if (signal?.$case === 'lost') reject(new Error(signal.value.reason));
      if (signal?.$case === 'candidate') {
        if (answered) void pc.addIceCandidate(signal.value).catch(() => {});
        else early.push(signal.value);
      }
      if (signal?.$case === 'description')
        void pc.setRemoteDescription(signal.value).then(() => {
          answered = true;
          for (const candidate of early) void pc.addIceCandidate(candidate).catch(() => {});
        });
    });
  });
  const send = (signal: PlaybackSignal['signal']) =>
    options.send({ sessionId, catalogId: id, signal, iceServers: [] });
  pc.onicecandidate = ({ candidate }: { candidate: IceCandidate | null }) => {
    if (candidate) send({ $case: 'candidate', value: candidate });
  };
  const offer = await pc.createOffer();
  await pc.setLocalDescription(offer);
  const sdp = options.maxMessageBytes
    ? offer.sdp.replace(/a=max-message-size:\d+/, `a=max-message-size:${options.maxMessageBytes}`)
    : offer.sdp;
  send({ $case: 'description', value: { type: 'offer', sdp } });
  try {
    await opened;
  } catch (error) {
    pc.close();
    throw error;
  }
  return { sessionId, channel, client, texts, closed, disconnect: () => pc.close() };
}

/** Reads a range and joins the pieces' bytes that lie in it. */
export async function readRange(client: ViewerClient, start: number, end: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let from = -1;
  for await (const piece of client.read(start, end)) {
    if (from < 0) from = piece.index * 262_144;
    parts.push(piece.data);
  }
  return Buffer.concat(parts).subarray(start - from, end - from);
}
