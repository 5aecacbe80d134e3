import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PlaybackSignal } from '@giggityflix/proto';
import { expect, it } from 'vitest';
import { createIssuer, createTestPeer, shareRandomFile } from '../../testing/streaming.ts';

/** RFC 7675: consent to send ends 30 s after the last answer. SCTP has given up sooner. */
const CONSENT_MS = 30_000;

it('lets go of a viewer that was killed', { timeout: 3 * CONSENT_MS }, async () => {
  const file = await shareRandomFile(1_000_000);
  const issuer = await createIssuer();
  const token = await issuer.sign('s1', file.catalogId);
  const child = fork(fileURLToPath(new URL('../../testing/viewer-process.ts', import.meta.url)), [
    's1',
    file.catalogId,
    token,
  ]);
  const peer = createTestPeer(file.source, issuer.jwks, {
    // A signal on its way to a process that was killed is lost; unheard, the failed call would end the test.
    sendSignal: (signal) => child.connected && child.send(signal, () => {}),
  });
  child.on('message', ({ signal }: { signal?: PlaybackSignal['signal'] }) => {
    const catalogId = Buffer.from(file.catalogId, 'hex');
    if (signal) peer.streaming.handleSignal({ sessionId: 's1', catalogId, signal, iceServers: [] });
  });
  // Until then the process is starting, however long that takes.
  await once(child, 'message');
  await expect.poll(() => peer.streaming.activeStreams()).toBe(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect.poll(() => peer.streaming.viewers(), { timeout: 2 * CONSENT_MS }).toEqual([]);
  await peer.streaming.stop();
  await file.remove();
});
