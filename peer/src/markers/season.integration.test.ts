import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sound, wav } from '../../testing/sound.ts';
import { takeFingerprint } from './fingerprint.ts';
import { type Episode, markersOf } from './season.ts';

const ffmpeg = requireFfmpeg();
const forever = new AbortController().signal;

describe.skipIf(ffmpeg.skip)('the episodes of a season', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'giggityflix-season-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const episode = async (number: number, ...parts: Float32Array[]): Promise<Episode> => {
    const path = join(folder, `${number}-${Math.random()}.wav`);
    writeFileSync(path, wav(...parts));
    const durationSeconds = parts.reduce((sum, { length }) => sum + length / 11_025, 0);
    const film = { path, open: () => open(path), durationSeconds };
    return { number, durationSeconds, fingerprint: await takeFingerprint(film, ffmpeg.path, forever) };
  };
  const TUNE = sound(1, 20);
  const SONG = sound(2, 30);

  it('have the intro and the credits that they have in common, wherever each has them', async () => {
    const starts = [10, 25, 40];
    const episodes = await Promise.all(
      starts.map((start, index) =>
        episode(
          index + 1,
          sound(10 + index, start),
          TUNE,
          sound(20 + index, 150 - start),
          SONG,
          sound(30 + index, 5),
        ),
      ),
    );
    for (const [index, one] of episodes.entries()) {
      const [intro, credits, ...rest] = markersOf(one, episodes);
      expect(rest).toEqual([]);
      expect(intro!.kind).toBe('INTRO');
      expect(Math.abs(intro!.startSeconds - starts[index]!)).toBeLessThan(1);
      expect(Math.abs(intro!.endSeconds - starts[index]! - 20)).toBeLessThan(1);
      expect(credits!.kind).toBe('CREDITS');
      expect(Math.abs(credits!.startSeconds - 170)).toBeLessThan(1);
      expect(credits!.endSeconds).toBe(one.durationSeconds);
    }
  });

  it('have none where they have no sound in common, or only silence', async () => {
    const silence = new Float32Array(11_025 * 30);
    const episodes = await Promise.all(
      [1, 2].map((number) => episode(number, sound(40 + number, 60), silence, sound(50 + number, 60))),
    );
    expect(markersOf(episodes[0]!, episodes)).toEqual([]);
    const quiet = await Promise.all([1, 2].map((number) => episode(number, silence, silence, silence)));
    expect(markersOf(quiet[0]!, quiet)).toEqual([]);
  });

  it('are not compared with themselves in another version', async () => {
    const film = [sound(60, 60), TUNE, sound(61, 60)];
    const versions = await Promise.all([episode(1, ...film), episode(1, ...film)]);
    expect(markersOf(versions[0]!, versions)).toEqual([]);
  });

  it('that are broken, or have no sound, have no fingerprint', async () => {
    const path = join(folder, 'broken.wav');
    writeFileSync(path, wav(TUNE).subarray(0, 60));
    const broken = { path, open: () => open(path), durationSeconds: 20 };
    const taken = await takeFingerprint(broken, ffmpeg.path, forever).catch((error: Error) => error.name);
    expect(typeof taken === 'string' ? taken : taken.head.length + taken.tail.length).toSatisfy(
      (result) => result === 'FingerprintError' || result === 0,
    );
    writeFileSync(path, 'this is no film at all, only a text');
    await expect(takeFingerprint(broken, ffmpeg.path, forever)).rejects.toThrow('container');
  });
});
