import type { PlaybackSignal } from '@giggityflix/proto';
import { offerChannel, type Signal } from '../../peer/testing/channel.ts';
import { connectViewer } from '../../peer/testing/viewer.ts';
import type { FromViewer, ToViewer } from './messages.ts';

/**
 * The viewers of the streaming benchmark, in a process of their own: they speak the real protocol and prove
 * every piece, or only count the bytes of a bare channel.
 */
const report = (message: FromViewer) => process.send?.(message);
const listeners = new Map<string, (signal: Signal) => void>();
/** Bytes of one read; what a player asks for at a time. */
const READ_BYTES = 8 * 1_024 * 1_024;

async function count({ sessionId, bytes }: ToViewer & { type: 'count' }) {
  const { channel, opened } = offerChannel(
    { label: 'bare' },
    {
      send: (signal) => report({ type: 'signal', sessionId, signal }),
      listen: (listener) => listeners.set(sessionId, listener),
    },
  );
  let received = 0;
  let startedAt = 0;
  channel.onMessage((message) => {
    startedAt ||= performance.now();
    received += (message as Uint8Array).byteLength;
    if (received >= bytes)
      report({ type: 'result', sessionId, ms: performance.now() - startedAt, firstByteMs: 0, seekMs: 0 });
  });
  await opened;
}

async function play({ sessionId, catalogId, token, bytes, sizeBytes }: ToViewer & { type: 'play' }) {
  const viewer = await connectViewer(sessionId, catalogId, {
    send: ({ signal }) => report({ type: 'signal', sessionId, signal }),
    listen: (listener) =>
      listeners.set(sessionId, (signal) => listener({ sessionId, signal } as PlaybackSignal)),
  });
  const { client } = viewer;
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
  report({ type: 'result', sessionId, ms, firstByteMs, seekMs: performance.now() - soughtAt });
  viewer.send(JSON.stringify({ type: 'close' }));
}

process.on('message', (message: ToViewer) => {
  if (message.type === 'signal') listeners.get(message.sessionId)?.(message.signal);
  else if (message.type === 'count') void count(message);
  else void play(message);
});
