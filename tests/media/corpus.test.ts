import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observe } from './measure.ts';
import { createPeerParts } from './peer.ts';

const ffmpeg = requireFfmpeg();
const corpus = (name: string) => fileURLToPath(new URL(`corpus/${name}`, import.meta.url));

describe.skipIf(ffmpeg.skip)('a film that is easily played wrong', () => {
  const peer = createPeerParts({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath });
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'giggityflix-corpus-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function share(name: string, as = name) {
    const path = join(dir, as);
    await copyFile(corpus(name), path);
    return peer.share(path);
  }
  /** When pictures and sound begin and end in a rendition, in seconds of the film. */
  async function ranges(
    film: Awaited<ReturnType<typeof share>>,
    rendition: 'remux' | 'transcode',
    startSeconds: number,
  ) {
    const path = join(dir, 'rendition.mp4');
    const opened = await peer.convert(film, { rendition, startSeconds }, path, AbortSignal.timeout(20_000));
    const { pictureRange, soundRange } = await observe(path, ffmpeg.path);
    const shifted = (range: [number, number] | null) => range!.map((at) => at + opened.startSeconds);
    return { ...opened, picture: shifted(pictureRange), sound: shifted(soundRange) };
  }

  it.each([0, 1, 5, 9.5])(
    'a recording in ADTS is repackaged from %s s on, together with its sound',
    async (start) => {
      const film = await share('ts-aac.mpegts', 'recording.ts');
      expect(Math.abs(film.shared.durationSeconds! - 11.4)).toBeLessThan(0.15);
      const { rendition, mimeType, startSeconds, picture, sound } = await ranges(film, 'remux', start);
      expect(rendition).toBe('remux');
      expect(mimeType).toContain('mp4a.40.2');
      expect(startSeconds).toBeLessThanOrEqual(start);
      expect(picture[0]).toBeLessThanOrEqual(start + 0.045);
      expect(sound[0]).toBeLessThanOrEqual(start + 0.045);
      // As in the file, whose last picture and sound are at 12.8 s and 12.57 s of a clock that begins at 1.579 s.
      expect(picture[1]).toBeCloseTo(11.22, 1);
      expect(sound[1]).toBeCloseTo(11.01, 1);
      await film.remove();
    },
  );

  it.each([
    ['remux', 0],
    ['remux', 1],
    ['transcode', 0],
    ['transcode', 1],
  ] as const)('sound that begins late does so in a %s from %s s on', async (rendition, start) => {
    const film = await share('late-audio.mkv');
    const path = join(dir, 'late.mp4');
    const { startSeconds } = await peer.convert(
      film,
      { rendition, startSeconds: start },
      path,
      AbortSignal.timeout(20_000),
    );
    const { soundRange, loudFrom } = await observe(path, ffmpeg.path);
    // Silence before it, without which a player would wait.
    expect(soundRange![0] + startSeconds).toBeLessThanOrEqual(start + 0.045);
    expect(Math.abs(loudFrom! + startSeconds - 1.979)).toBeLessThan(0.045);
    await film.remove();
  });

  it('a recording without a duration has one that is found out, and is sought in', async () => {
    const film = await share('no-duration.webm');
    const duration = film.shared.durationSeconds!;
    expect(duration).toBeGreaterThan(5);
    const { picture } = await ranges(film, 'transcode', duration - 2);
    expect(picture[0]).toBeCloseTo(duration - 2, 1);
    await film.remove();
  });

  it('an old film is sought in to its end and back', async () => {
    const film = await share('seek-back.wmv');
    for (const start of [13, 2, 0]) {
      const { picture, sound } = await ranges(film, 'remux', start);
      expect(picture[0]).toBeCloseTo(start, 1);
      expect(sound[0]).toBeLessThanOrEqual(start + 0.045);
    }
    await film.remove();
  });

  it.each([
    ['three zeros', Buffer.alloc(3)],
    ['a page of zeros', Buffer.alloc(4_096)],
    ['words', Buffer.from('downloaded from somewhere, with thanks')],
  ])('junk behind it, %s, is no part of it', async (_what, junk) => {
    const bytes = await readFile(corpus('trailing-3-zeros.mp4'));
    const path = join(dir, 'junk.mp4');
    await writeFile(path, Buffer.concat([bytes.subarray(0, -3), junk]));
    const film = await peer.share(path);
    expect(film.shared).toMatchObject({ durationSeconds: 2, videoCodec: 'avc' });
    await film.remove();
  });

  it('a film that lacks some of its media is cut off all the same', async () => {
    const bytes = await readFile(corpus('trailing-3-zeros.mp4'));
    const path = join(dir, 'cut.mp4');
    await writeFile(path, bytes.subarray(0, -1_000));
    await expect(peer.share(path)).rejects.toThrow('cut off');
  });
});
