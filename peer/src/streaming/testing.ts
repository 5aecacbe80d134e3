import { generateKeyPairSync, hash, randomBytes } from 'node:crypto';
import { open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createMetrics } from '@giggityflix/platform';
import type { IceCandidate, PlaybackSignal } from '@giggityflix/proto';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import { createPiecesHasher, pieceHashOf, toHex } from '@giggityflix/proto/merkle';
import { createViewerClient, type ViewerClient } from '@giggityflix/proto/viewer-client';
import wrtc from '@roamhq/wrtc';
import { exportJWK, SignJWT } from 'jose';
import { ContentChangedError, type ContentSource, type SharedContent } from '../content/content-source.ts';
import type { StreamingConfig } from './config.ts';
import { createStreaming, type Streaming, type StreamingDeps } from './streaming.ts';

export const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');

/** A temporary file of random bytes and a source that shares it. */
export const shareRandomFile = (sizeBytes: number) => shareFile(randomBytes(sizeBytes));

/** A temporary file of these bytes and a source that shares it. */
export async function shareFile(bytes: Buffer, described: Partial<SharedContent> = {}) {
  const sizeBytes = bytes.byteLength;
  const path = join(tmpdir(), `giggityflix-streaming-${randomBytes(8).toString('hex')}`);
  await writeFile(path, bytes);
  const hasher = createPiecesHasher(sha256);
  hasher.update(bytes);
  const { root, pieceLayer } = hasher.finish();
  const shared: SharedContent = {
    catalogId: toHex(root!),
    path,
    sizeBytes,
    mimeType: 'video/mp4',
    durationSeconds: null,
    container: 'mp4',
    videoCodec: null,
    audioCodec: null,
    pieceLayer: Buffer.from(pieceLayer),
    async open() {
      const file = await open(path);
      if ((await file.stat()).size === sizeBytes) return file;
      await file.close();
      throw new ContentChangedError('changed');
    },
    isAvailable: async () => true,
    ...described,
  };
  const source: ContentSource = { lookup: (id) => (id === shared.catalogId ? shared : null) };
  return {
    bytes,
    path,
    shared,
    source,
    catalogId: shared.catalogId,
    remove: () => rm(path, { force: true }),
  };
}

/** Issues playback tokens as the viewing service does. */
export async function createIssuer(kid = 'key-1') {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' }] });
  return {
    jwks,
    sign(sessionId: string, contentId: string, changes: Record<string, unknown> = {}): Promise<string> {
      const at = Math.floor(Date.now() / 1_000);
      return new SignJWT({
        session_id: sessionId,
        content_id: contentId,
        user_id: 'demo',
        profile_id: 'default',
        device_id: 'test',
        iss: 'viewing-service',
        sub: 'demo',
        iat: at,
        nbf: at,
        exp: at + 600,
        jti: randomBytes(8).toString('hex'),
        ...changes,
      })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .sign(privateKey);
    },
  };
}

export type Issuer = Awaited<ReturnType<typeof createIssuer>>;

interface NativeChannel {
  readyState: string;
  binaryType: string;
  send(data: string | Uint8Array): void;
  close(): void;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null;
}

/** A viewer over `@roamhq/wrtc`, signalling by calls in the same process. */
export interface TestViewer {
  readonly sessionId: string;
  readonly channel: NativeChannel;
  readonly client: ViewerClient;
  /** Every text the peer sent. */
  readonly texts: string[];
  readonly closed: Promise<void>;
  disconnect(): void;
}

export function createTestPeer(
  source: ContentSource,
  jwks: string,
  { sendSignal, now, ...config }: Partial<StreamingConfig & Pick<StreamingDeps, 'sendSignal' | 'now'>> = {},
) {
  const listeners = new Map<string, (signal: PlaybackSignal) => void>();
  const keyRequests = { count: 0 };
  const streaming: Streaming = createStreaming(
    {
      stunServers: [],
      turnServers: [],
      turnUsername: '',
      turnPassword: '',
      maxBandwidthKbps: 0,
      maxStreams: 20,
      ...config,
    },
    {
      content: source,
      sendSignal: sendSignal ?? ((signal) => listeners.get(signal.sessionId)?.(signal)),
      now,
      requestKeySet: () => {
        keyRequests.count += 1;
      },
      logger: createLogger({ service: 'test', level: 'silent' }),
      metrics: createMetrics('test', { processMetrics: false }),
    },
  );
  streaming.setKeySet(jwks);

  /**
   * Connects; rejects with the reason when the peer refuses the offer. A mute client only counts what comes: the
   * test itself speaks.
   */
  const connect = async (
    sessionId: string,
    catalogId: string,
    options: { label?: string; channel?: object; windowBytes?: number; mute?: boolean } = {},
  ): Promise<TestViewer> => {
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
      listeners.set(sessionId, ({ signal }) => {
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
      streaming.handleSignal({ sessionId, catalogId: id, signal, iceServers: [] });
    pc.onicecandidate = ({ candidate }: { candidate: IceCandidate | null }) => {
      if (candidate) send({ $case: 'candidate', value: candidate });
    };
    const offer = await pc.createOffer();
    await pc.setLocalDescription(offer);
    send({ $case: 'description', value: { type: 'offer', sdp: offer.sdp } });
    try {
      await opened;
    } catch (error) {
      pc.close();
      throw error;
    }
    return { sessionId, channel, client, texts, closed, disconnect: () => pc.close() };
  };

  return { streaming, connect, keyRequests };
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
