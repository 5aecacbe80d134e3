import { readFile } from 'node:fs/promises';
import { createTestPeer, shareFile } from '../../peer/testing/streaming.ts';
import type { FromSender, ToSender } from './messages.ts';

/** A peer in a process of its own: the daemon's own streaming, without an edge. */
const report = (message: FromSender) => process.send?.(message);
let peer: ReturnType<typeof createTestPeer> | null = null;
let file: Awaited<ReturnType<typeof shareFile>> | null = null;
let catalogId = '';
const sources = new Map<string, number>();

process.on('disconnect', async () => {
  await file?.remove();
  process.exit(0);
});
process.on('message', async (message: ToSender) => {
  if (message.type === 'share') {
    file = await shareFile(await readFile(message.path));
    catalogId = file.catalogId;
    peer = createTestPeer(file.source, message.jwks, {
      sendSignal: ({ sessionId, signal }) =>
        report({ type: 'signal', sessionId, source: sources.get(sessionId) ?? 0, signal }),
    });
    report({ type: 'sharing', catalogId });
  } else if (message.type === 'signal') {
    const { sessionId, source, signal } = message;
    sources.set(sessionId, source);
    peer?.streaming.handleSignal({
      sessionId,
      catalogId: Buffer.from(catalogId, 'hex'),
      iceServers: [],
      signal,
    });
  }
});
