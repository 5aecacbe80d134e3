import { hash } from 'node:crypto';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import { pieceHashOf } from '@giggityflix/proto/merkle';
import { createViewerClient } from '@giggityflix/proto/viewer-client';
import wrtc from '@roamhq/wrtc';
import type { FromViewer, ToViewer } from './messages.ts';

/**
 * The viewers of the streaming benchmark, in a process of their own: they speak the real protocol and prove
 * every piece, or only count the bytes of a bare channel.
 */
const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
const tell = (message: FromViewer) => process.send?.(message);
const connections = new Map<string, (signal: ToViewer & { type: 'signal' }) => void>();
/** Bytes of one read; what a player asks for at a time. */
const READ_BYTES = 8 * 1_024 * 1_024;

function connect(sessionId: string, label: string) {
  // biome-ignore lint/suspicious/noExplicitAny: the package's types lean on the DOM library.
  const pc = new (wrtc as any).RTCPeerConnection({ iceServers: [] });
  const channel = pc.createDataChannel(label);
  channel.binaryType = 'arraybuffer';
  const early: object[] = [];
  connections.set(sessionId, ({ description, candidate }) => {
    if (candidate) {
      if (pc.remoteDescription) void pc.addIceCandidate(candidate).catch(() => {});
      else early.push(candidate);
    } else
      void pc.setRemoteDescription(description).then(() => {
        for (const one of early) void pc.addIceCandidate(one).catch(() => {});
      });
  });
  pc.onicecandidate = ({ candidate }: { candidate: { toJSON(): object } | null }) => {
    if (candidate) tell({ type: 'signal', sessionId, candidate: candidate.toJSON() });
  };
  const opened = new Promise<void>((resolve) => {
    channel.onopen = () => resolve();
  });
  void pc.createOffer().then(async (offer: { type: string; sdp: string }) => {
    await pc.setLocalDescription(offer);
    tell({ type: 'signal', sessionId, description: { type: 'offer', sdp: offer.sdp } });
  });
  return { channel, opened };
}

async function count({ sessionId, bytes }: ToViewer & { type: 'count' }) {
  const { channel, opened } = connect(sessionId, 'bare');
  let received = 0;
  let startedAt = 0;
  channel.onmessage = ({ data }: { data: ArrayBuffer }) => {
    startedAt ||= performance.now();
    received += data.byteLength;
    if (received >= bytes)
      tell({ type: 'result', sessionId, ms: performance.now() - startedAt, firstByteMs: 0, seekMs: 0 });
  };
  await opened;
}

async function play({ sessionId, catalogId, token, bytes, sizeBytes }: ToViewer & { type: 'play' }) {
  const { channel, opened } = connect(sessionId, DATA_CHANNEL_LABEL);
  const client = createViewerClient({
    catalogId,
    sha256,
    hashPiece: (piece, size) => pieceHashOf(piece, size, sha256),
    send: (text) => channel.send(text),
  });
  channel.onmessage = ({ data }: { data: string | ArrayBuffer }) =>
    client.receive(typeof data === 'string' ? data : new Uint8Array(data));
  await opened;
  await client.open({ token, rendition: 'original', startSeconds: 0 });
  const firstPiece = async (at: number) => {
    const askedAt = performance.now();
    for await (const _ of client.read(at, at + 1)) return performance.now() - askedAt;
    return Number.NaN;
  };
  const firstByteMs = await firstPiece(0);
  const startedAt = performance.now();
  // Two reads at a time, so that the next is asked for before the last has ended.
  let at = 0;
  const next = async () => {
    while (at < bytes) {
      const start = at;
      at += READ_BYTES;
      for await (const _ of client.read(start, Math.min(start + READ_BYTES, sizeBytes)));
    }
  };
  await Promise.all([next(), next()]);
  const ms = performance.now() - startedAt;
  // A seek in the middle of reading: what is under way is cancelled and another place asked for.
  const reading = client.read(0, READ_BYTES);
  await reading.next();
  const soughtAt = performance.now();
  await reading.return();
  await firstPiece(Math.floor(sizeBytes * 0.8));
  tell({ type: 'result', sessionId, ms, firstByteMs, seekMs: performance.now() - soughtAt });
  channel.send(JSON.stringify({ type: 'close' }));
}

process.on('message', (message: ToViewer) => {
  if (message.type === 'signal') connections.get(message.sessionId)?.(message);
  else if (message.type === 'count') void count(message);
  else void play(message);
});
