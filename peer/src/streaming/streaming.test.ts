import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIssuer, createTestPeer, type Issuer, readRange, shareRandomFile } from './testing.ts';

const SIZE = 6_000_000;
let file: Awaited<ReturnType<typeof shareRandomFile>>;
let issuer: Issuer;

beforeAll(async () => {
  file = await shareRandomFile(SIZE);
  issuer = await createIssuer();
});
afterAll(() => file.remove());

describe('a viewer with a token of its session', () => {
  it('reads any range, every piece proven', async () => {
    const peer = createTestPeer(file.source, issuer.jwks);
    const viewer = await peer.connect('s1', file.catalogId);
    const opened = await viewer.client.open({
      token: await issuer.sign('s1', file.catalogId),
      rendition: 'original',
      startSeconds: 0,
    });
    expect(opened).toMatchObject({ sizeBytes: SIZE, mimeType: 'video/mp4', rendition: 'original' });
    for (const [start, end] of [
      [0, SIZE],
      [0, 1],
      [SIZE - 1, SIZE],
      [262_143, 262_145],
      [1_000_000, 3_000_000],
    ] as const) {
      const bytes = await readRange(viewer.client, start, end);
      expect(bytes.equals(file.bytes.subarray(start, end))).toBe(true);
    }
    expect(peer.streaming.activeStreams()).toBe(1);
    viewer.disconnect();
    await peer.streaming.stop();
    expect(peer.streaming.viewers()).toEqual([]);
  });
});
