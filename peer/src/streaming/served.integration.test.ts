import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { expect, it, onTestFinished } from 'vitest';
import { createIssuer, createTestPeer, readRange, shareRandomFile } from '../../testing/streaming.ts';
import type { ServedSession } from '../history/history.ts';

it('notes who was served and how much, and nobody who was not; a pause ends them all', async () => {
  const file = await shareRandomFile(2 * PIECE_SIZE);
  onTestFinished(() => file.remove());
  const issuer = await createIssuer();
  const served: ServedSession[] = [];
  const { streaming, connect } = createTestPeer(file.source, issuer.jwks, {
    onServed: (session) => served.push(session),
  });
  onTestFinished(() => streaming.stop());
  const viewer = await connect('s1', file.catalogId);
  const token = await issuer.sign('s1', file.catalogId);
  await viewer.client.open({ token, rendition: 'original', startSeconds: 0 });
  await readRange(viewer.client, 0, PIECE_SIZE);
  const unopened = await connect('s2', file.catalogId);
  streaming.setPaused(true);
  await Promise.all([viewer.closed, unopened.closed]);
  await expect
    .poll(() => served)
    .toEqual([
      {
        sessionId: 's1',
        catalogId: file.catalogId,
        account: null,
        startedAt: expect.any(Number),
        endedAt: expect.any(Number),
        sentBytes: expect.any(Number),
      },
    ]);
  expect(served[0]?.sentBytes).toBeGreaterThanOrEqual(PIECE_SIZE);
  await expect(connect('s3', file.catalogId)).rejects.toThrow('paused');
});
