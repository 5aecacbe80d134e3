// cspell:ignore nullsrc IHDR
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArtworkKind } from '@giggityflix/proto';
import { requireFfmpeg } from '@giggityflix/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FakeEdge, startFakeEdge } from '../../testing/fake-edge.ts';
import { startPeer, temporaryDir, testConfig } from '../../testing/harness.ts';
import { pictureHeader } from './picture-header.ts';

const ffmpeg = requireFfmpeg();

/** A picture as a program makes it. */
function draw(path: string, size: string, source = 'testsrc2', ...args: string[]): void {
  execFileSync(ffmpeg.path, [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    `${source}=s=${size}`,
    '-frames:v',
    '1',
    ...args,
    '-y',
    path,
  ]);
}

async function share(
  prepare: (media: string) => void | Promise<void>,
  overrides: Record<string, string> = {},
) {
  const dir = temporaryDir();
  const media = join(dir, 'media');
  const edge = await startFakeEdge();
  onTestFinished(() => edge.stop());
  const config = testConfig(dir, { EDGE_GRPC_ADDRESS: edge.address, FFMPEG_PATH: ffmpeg.path, ...overrides });
  mkdirSync(media, { recursive: true });
  await prepare(media);
  const peer = await startPeer(config);
  return { edge, media, peer };
}

const sent = (edge: FakeEdge) =>
  edge
    .of('artwork')
    .map(({ index, kind, mimeType, data }) => ({ index, kind, mimeType, bytes: data.length }));

describe.skipIf(ffmpeg.skip)('the pictures beside a film', () => {
  it('are sent as they are, or made smaller, and taken back when they go', { timeout: 90_000 }, async () => {
    const { edge, media, peer } = await share(
      (media) => {
        writeFileSync(join(media, 'Film (2000).mp4'), 'bytes');
        draw(join(media, 'poster.jpg'), '400x600');
        draw(join(media, 'fanart.png'), '1100x900', 'nullsrc', '-vf', 'geq=random(1)*255:128:128');
        draw(join(media, 'landscape.webp'), '320x180');
      },
      { WATCH: 'true' },
    );
    await expect
      .poll(() => sent(edge), { timeout: 20_000 })
      .toMatchObject([
        { index: 20, kind: ArtworkKind.ARTWORK_KIND_POSTER, mimeType: 'image/jpeg' },
        { index: 21, kind: ArtworkKind.ARTWORK_KIND_BACKDROP, mimeType: 'image/jpeg' },
        { index: 22, kind: ArtworkKind.ARTWORK_KIND_THUMB, mimeType: 'image/webp' },
      ]);
    const fanart = edge.of('artwork')[1]!;
    expect(fanart.data.length).toBeLessThanOrEqual(384 * 1_024);
    expect(pictureHeader(fanart.data)?.width).toBeLessThanOrEqual(1_100);
    const hashed = peer.status().scan.bytesHashed;
    rmSync(join(media, 'poster.jpg'));
    await expect
      .poll(
        () =>
          sent(edge)
            .filter(({ index }) => index === 20)
            .at(-1),
        { timeout: 20_000 },
      )
      .toMatchObject({ bytes: 0 });
    draw(join(media, 'poster.png'), '20x30');
    await expect
      .poll(
        () =>
          sent(edge)
            .filter(({ index }) => index === 20)
            .at(-1),
        { timeout: 20_000 },
      )
      .toMatchObject({ mimeType: 'image/png' });
    expect(peer.status().scan.bytesHashed).toBe(hashed);
  });

  it('are not sent when they are none, or lie elsewhere, and why is said', async () => {
    const outside = temporaryDir();
    const { edge, peer } = await share((media) => {
      for (const name of ['A (2000)', 'B (2001)', 'C (2002)', 'D (2003)'])
        writeFileSync(join(media, `${name}.mp4`), name);
      writeFileSync(join(media, 'A (2000)-poster.jpg'), '<svg onload="alert(1)"/>');
      draw(join(outside, 'secret.jpg'), '40x60');
      symlinkSync(join(outside, 'secret.jpg'), join(media, 'B (2001)-poster.jpg'));
      writeFileSync(
        join(media, 'C (2002)-poster.png'),
        Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
      );
      draw(join(media, 'D (2003)-poster.jpg'), '40x60');
    });
    await expect.poll(() => sent(edge).length, { timeout: 20_000 }).toBe(1);
    await expect
      .poll(
        () =>
          peer
            .status()
            .missing.filter((text) => text.includes('-poster'))
            .map((text) => text.replace(/^.*\//u, ''))
            .sort(),
        {
          timeout: 20_000,
        },
      )
      .toEqual([
        'A (2000)-poster.jpg is not used: it is neither JPEG nor PNG nor WebP',
        'B (2001)-poster.jpg leads out of the media folders',
        expect.stringMatching(/^C \(2002\)-poster.png is not used: it cannot be read/u),
      ]);
  });
});

describe.skipIf(ffmpeg.skip)('the cover within a film', () => {
  it.each([
    { format: 'mp4', size: '300x450', mimeType: 'image/jpeg' },
    { format: 'mkv', size: '300x450', mimeType: 'image/jpeg' },
    { format: 'mp4', size: '1100x900', mimeType: 'image/jpeg' },
  ] as const)('in $format of $size is its poster', async ({ format, size, mimeType }) => {
    const { edge } = await share(
      (media) => {
        const dir = temporaryDir();
        const plain = join(dir, `plain.${format}`);
        const film = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=d=1:s=64x48:r=5', '-c:v', 'mpeg4'];
        execFileSync(ffmpeg.path, [...film, plain]);
        const cover = join(dir, 'cover.jpg');
        draw(cover, size, 'nullsrc', '-vf', 'geq=random(1)*255:128:128', '-q:v', '2');
        const attach =
          format === 'mkv'
            ? [
                '-attach',
                cover,
                '-metadata:s:t',
                'mimetype=image/jpeg',
                '-metadata:s:t',
                'filename=cover.jpg',
              ]
            : ['-i', cover, '-map', '0', '-map', '1', '-disposition:v:1', 'attached_pic'];
        execFileSync(ffmpeg.path, [
          '-v',
          'error',
          '-i',
          plain,
          ...attach,
          '-c',
          'copy',
          join(media, `film.${format}`),
        ]);
      },
      { EXTRACT_METADATA: 'true' },
    );
    await expect
      .poll(() => sent(edge), { timeout: 20_000 })
      .toMatchObject([{ index: 24, kind: ArtworkKind.ARTWORK_KIND_POSTER, mimeType }]);
  });
});
