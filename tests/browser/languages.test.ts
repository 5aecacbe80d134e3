// cspell:ignore japonais
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser, openViewer } from './harness.ts';

const program = requireChromium();
const ffmpeg = requireFfmpeg();
const SAMPLE = fileURLToPath(new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url));

/** Japanese marked as the default, English with a commentary before it, German; subtitles in English, forced ones in German. */
function makeFilm(directory: string): Buffer {
  const path = join(directory, 'film.mkv');
  const lines = join(directory, 'lines.srt');
  writeFileSync(lines, '1\n00:00:00,000 --> 00:00:39,000\nA line\n');
  const tone = (frequency: number) => ['-f', 'lavfi', '-i', `sine=frequency=${frequency}:duration=40`];
  execFileSync(ffmpeg.path, [
    ...['-v', 'error', '-i', SAMPLE, ...[300, 500, 700, 900].flatMap(tone), '-i', lines],
    ...['-map', '0:v', '-map', '1', '-map', '2', '-map', '3', '-map', '4', '-map', '5', '-map', '5'],
    ...['-c:v', 'copy', '-c:a', 'libopus', '-b:a', '32k', '-c:s', 'srt'],
    ...[
      '-metadata:s:a:0',
      'language=eng',
      '-metadata:s:a:0',
      'title=Commentary',
      '-disposition:a:0',
      'comment',
    ],
    ...['-metadata:s:a:1', 'language=jpn', '-disposition:a:1', 'default'],
    ...['-metadata:s:a:2', 'language=eng', '-disposition:a:2', '0'],
    ...['-metadata:s:a:3', 'language=ger', '-disposition:a:3', '0'],
    ...['-metadata:s:s:0', 'language=eng', '-disposition:s:0', '0'],
    ...['-metadata:s:s:1', 'language=ger', '-disposition:s:1', 'forced', path],
  ]);
  return readFileSync(path);
}

describe('a viewer who has chosen nothing', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-languages-'));
  let browser: Browser;
  let film: Buffer;
  beforeAll(async () => {
    film = makeFilm(directory);
    browser = await launchBrowser(program.path);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each([
    { locale: 'en-GB', audio: 'English', subtitles: 'Off' },
    { locale: 'de-AT', audio: 'Deutsch', subtitles: 'Deutsch (forced)' },
    { locale: 'fr-FR', audio: 'japonais', subtitles: 'Off' },
  ])('with a browser in $locale hears $audio and reads $subtitles', async ({ locale, audio, subtitles }) => {
    const { container, videoCodec, audioCodec } = {
      container: 'matroska',
      videoCodec: 'avc',
      audioCodec: 'opus',
    };
    const described = { name: 'Counting Seconds', durationSeconds: 40, container, videoCodec, audioCodec };
    const viewer = await openViewer(browser, film, described, { locale });
    onTestFinished(() => viewer.close());
    viewer.gateway.setPeers([viewer.addPeer({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath })]);
    await viewer.play();
    const chosen = (name: string) =>
      viewer.page
        .getByRole('combobox', { name, exact: true })
        .evaluate(
          (menu) => (menu as unknown as { selectedOptions: { text: string }[] }).selectedOptions[0]?.text,
        );
    await expect.poll(() => chosen('Audio'), { timeout: 20_000 }).toBe(audio);
    await expect.poll(() => chosen('Subtitles'), { timeout: 20_000 }).toBe(subtitles);
    await viewer.playedPast(1);
  });
});
