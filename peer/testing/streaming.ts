import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import type { PlaybackSignal } from '@giggityflix/proto';
import { catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { createMetrics } from '@giggityflix/telemetry';
import { exportJWK, SignJWT } from 'jose';
import {
  ContentChangedError,
  type ContentSource,
  type SharedContent,
} from '../src/content/content-source.ts';
import { createPiecesHasher } from '../src/hashing/pieces-hasher.ts';
import type { StreamingConfig } from '../src/streaming/config.ts';
import { createStreaming, type Streaming, type StreamingDeps } from '../src/streaming/streaming.ts';
import { connectViewer, sha256, type TestViewer, type ViewerOptions } from './viewer.ts';

export { connectViewer, readRange, type TestViewer } from './viewer.ts';

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
    catalogId: catalogIdFromBytes(root!)!,
    path,
    sizeBytes,
    mimeType: 'video/mp4',
    durationSeconds: null,
    container: 'mp4',
    videoCodec: null,
    height: null,
    audioCodec: null,
    subtitles: [],
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

/** Process ids of the programs that run with a text in their arguments, or that have the film of that path open. */
export function processesWith(text: string): number[] {
  const named = execFileSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
  return [...new Set([...named, ...programsReading(text)])];
}

function programsReading(path: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    if (pid === process.pid) return false;
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === path);
    } catch {
      // It has ended.
      return false;
    }
  });
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

/** Without servers and without bounds that a test would meet. */
export const TEST_STREAMING: StreamingConfig = {
  stunServers: [],
  turnServers: [],
  turnUsername: '',
  turnPassword: '',
  maxBandwidthKbps: 0,
  maxStreams: 20,
};

export function createTestPeer(
  source: ContentSource,
  jwks: string,
  {
    sendSignal,
    now,
    onServed,
    isOfOwnNetwork,
    createConnection,
    ...config
  }: Partial<
    StreamingConfig &
      Pick<StreamingDeps, 'sendSignal' | 'now' | 'onServed' | 'isOfOwnNetwork' | 'createConnection'>
  > = {},
) {
  const listeners = new Map<string, (signal: PlaybackSignal) => void>();
  const keyRequests = { count: 0 };
  const streaming: Streaming = createStreaming(
    { ...TEST_STREAMING, ...config },
    {
      content: source,
      sendSignal: sendSignal ?? ((signal) => listeners.get(signal.sessionId)?.(signal)),
      now,
      onServed,
      isOfOwnNetwork,
      ...(createConnection ? { createConnection } : {}),
      requestKeySet: () => {
        keyRequests.count += 1;
      },
      logger: createLogger({ service: 'test', level: 'silent' }),
      metrics: createMetrics('test', { processMetrics: false }),
    },
  );
  streaming.setKeySet(jwks);

  /** Connects; rejects with the reason when the peer refuses the offer. */
  const connect = (sessionId: string, catalogId: string, options: ViewerOptions = {}): Promise<TestViewer> =>
    connectViewer(sessionId, catalogId, {
      ...options,
      send: (signal) => streaming.handleSignal(signal),
      listen: (listener) => void listeners.set(sessionId, listener),
    });

  return { streaming, connect, keyRequests };
}
