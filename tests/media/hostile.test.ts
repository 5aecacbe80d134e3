import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observe } from './measure.ts';
import { createPeerParts, type RenditionPlace } from './peer.ts';

const ffmpeg = requireFfmpeg();
const run = promisify(execFile);
const RATE = 12;
/** What a player skips where a rendition begins. */
const GAP_SECONDS = 0.3;
/** The duration in the header of a Matroska file, as FFmpeg writes it: a number of milliseconds in 8 bytes. */
const MATROSKA_DURATION = Buffer.from([0x44, 0x89, 0x88]);

describe.skipIf(ffmpeg.skip)('a film with a timeline that nobody expects', { timeout: 90_000 }, () => {
  const peer = createPeerParts({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath });
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'giggityflix-hostile-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function make(name: string, seconds: { picture: number; sound: number; pictureAt?: number }) {
    const path = join(dir, name);
    const late = seconds.pictureAt ? ['-itsoffset', String(seconds.pictureAt)] : [];
    await run(ffmpeg.path, [
      ...['-y', '-v', 'error', ...late, '-f', 'lavfi'],
      ...['-i', `testsrc=size=64x48:rate=${RATE}:duration=${seconds.picture}`],
      ...['-f', 'lavfi', '-i', `sine=duration=${seconds.sound}`, '-map', '0', '-map', '1'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '10', '-c:a', 'aac'],
      path,
    ]);
    return path;
  }

  /** What a rendition has, in seconds of the film. */
  async function convert(film: Awaited<ReturnType<typeof peer.share>>, place: RenditionPlace) {
    const path = join(dir, `${place.rendition}-${place.startSeconds}.mp4`);
    const opened = await peer.convert(film, place, path, AbortSignal.timeout(60_000));
    const { pictureRange, soundRange } = await observe(path, ffmpeg.path);
    const shifted = (range: [number, number] | null) => range!.map((at) => at + opened.startSeconds);
    return { ...opened, picture: shifted(pictureRange), sound: shifted(soundRange) };
  }

  it.each(['remux', 'transcode'] as const)(
    'has its end in a %s that is sought beyond it',
    async (rendition) => {
      const path = await make(`lies-${rendition}.mkv`, { picture: 12, sound: 12 });
      const bytes = await readFile(path);
      bytes.writeDoubleBE(3_600_000, bytes.indexOf(MATROSKA_DURATION) + MATROSKA_DURATION.length);
      await writeFile(path, bytes);
      const film = await peer.share(path);
      for (const startSeconds of [1_800, 3_599]) {
        const {
          durationSeconds,
          startSeconds: from,
          picture,
        } = await convert(film, { rendition, startSeconds });
        expect(durationSeconds).toBeCloseTo(12, 0);
        expect(from).toBeGreaterThan(9);
        expect(picture[1]).toBeGreaterThan(11.5);
      }
      // From then on its length is known.
      expect((await convert(film, { rendition, startSeconds: 0 })).durationSeconds).toBeCloseTo(12, 0);
      await film.remove();
    },
  );

  it.each([-5, 0])('has the length it has where it says %s', async (seconds) => {
    const path = await make('nothing.mkv', { picture: 3, sound: 3 });
    const bytes = await readFile(path);
    bytes.writeDoubleBE(1_000 * seconds, bytes.indexOf(MATROSKA_DURATION) + MATROSKA_DURATION.length);
    await writeFile(path, bytes);
    const film = await peer.share(path);
    expect(film.shared.durationSeconds).toBeCloseTo(3, 0);
    await film.remove();
  });

  it.each<[RenditionPlace['rendition'], number]>([
    ['remux', 0],
    ['remux', 20],
    ['transcode', 20],
  ])('is silent in a %s from %s s on where its sound has ended', async (rendition, startSeconds) => {
    const film = await peer.share(await make('short.mkv', { picture: 30, sound: 3 }));
    const { picture, sound } = await convert(film, { rendition, startSeconds });
    expect(picture[0]).toBeLessThanOrEqual(startSeconds + 0.045);
    expect(sound[0]).toBeLessThanOrEqual(startSeconds + 0.045);
    expect(picture[1]).toBeGreaterThan(29);
    expect(sound[1]).toBeGreaterThan(29);
    await film.remove();
  });

  it.each([0, 50])('keeps its last picture from %s s on while its sound goes on', async (startSeconds) => {
    const film = await peer.share(await make('long.mkv', { picture: 3, sound: 70 }));
    const { picture, sound } = await convert(film, { rendition: 'remux', startSeconds });
    expect(picture[0]).toBeLessThanOrEqual(startSeconds + GAP_SECONDS);
    expect(picture[1]).toBeGreaterThan(69);
    expect(sound[0]).toBeLessThanOrEqual(startSeconds + 0.045);
    expect(sound[1]).toBeGreaterThan(69);
    await film.remove();
  });

  it.each<[RenditionPlace['rendition'], number]>([
    ['remux', 0],
    ['remux', 40],
    ['transcode', 40],
  ])('has its sound in a %s from %s s on, a minute before its picture', async (rendition, startSeconds) => {
    const film = await peer.share(await make('late.mkv', { picture: 10, sound: 70, pictureAt: 60 }));
    const { picture, sound } = await convert(film, { rendition, startSeconds });
    expect(picture[0]).toBeLessThanOrEqual(startSeconds + GAP_SECONDS);
    expect(sound[0]).toBeLessThanOrEqual(startSeconds + 0.045);
    expect(picture[1]).toBeGreaterThan(69);
    await film.remove();
  });
});
