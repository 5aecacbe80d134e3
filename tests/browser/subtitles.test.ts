// cspell:ignore Привет дела Сегодня идём кино
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pgsFile } from '../../peer/testing/pgs.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const ffmpeg = requireFfmpeg();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);
const ASS = `[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,60,&H0000FF00,1,1,2,0,5,10,10,10,1
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.00,0:00:30.00,Default,,0,0,0,,Green {\\i1}letters
`;
const SRT =
  '1\n00:00:00,000 --> 00:00:10,000\nGood day\n\n2\n00:00:20,000 --> 00:00:25,000\nAn <i>elephant</i> & a Café\n';

interface VideoWithTracks {
  textTracks: Iterable<{ mode: string; activeCues: Iterable<{ text: string }> | null }>;
  currentTime: number;
  paused: boolean;
  pause(): void;
}
interface Canvas {
  width: number;
  height: number;
}
interface Page2d {
  OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    getContext(kind: '2d'): {
      drawImage(canvas: unknown, x: number, y: number): void;
      getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
    };
  };
}

describe.skipIf(program.skip || ffmpeg.skip)('subtitles in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  let viewer: Viewer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'giggityflix-drawn-'));
    browser = await launchBrowser(program.path);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = async (
    film: Buffer,
    files: Record<string, string | Uint8Array>,
    container: 'mp4' | 'matroska' = 'mp4',
  ) => {
    viewer = await openViewer(browser, film, {
      name: 'Counting Seconds',
      durationSeconds: 40,
      container,
      videoCodec: 'avc',
      audioCodec: 'aac',
    });
    const paths = Object.entries(files).map(([suffix, content]) => {
      const path = `${viewer.film.path}.${suffix}`;
      writeFileSync(path, content);
      return path;
    });
    Object.assign(viewer.film.shared, { subtitles: paths.map((path) => basename(path)) });
    const { path: ffmpegPath, ffprobePath } = ffmpeg;
    viewer.gateway.setPeers([viewer.addPeer({ ffmpegPath, ffprobePath })]);
    await viewer.watch();
    await viewer.playedPast(0.5);
    return paths;
  };
  const close = async (paths: readonly string[]) => {
    await viewer.close();
    for (const path of paths) rmSync(path, { force: true });
  };
  let paths: string[] = [];
  beforeEach(() => {
    paths = [];
  });
  afterEach(() => close(paths));

  const menu = () => viewer.page.getByRole('combobox', { name: 'Subtitles' });
  const texts = () =>
    viewer.page
      .locator('video')
      .evaluate((element) =>
        [...(element as unknown as VideoWithTracks).textTracks].flatMap(({ mode, activeCues }) =>
          mode === 'showing' ? [...(activeCues ?? [])].map(({ text }) => text) : [],
        ),
      );
  /** How many pixels of the canvas over the picture have something on them, and their mean colour. */
  const drawn = () =>
    viewer.page.evaluate(() => {
      const { document, OffscreenCanvas } = globalThis as unknown as Page2d & {
        document: { querySelector(selector: string): Canvas | null };
      };
      const canvas = document.querySelector('.drawn-subtitles');
      if (!canvas || canvas.width === 0 || canvas.height === 0) return null;
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      const sum = [0, 0, 0];
      let count = 0;
      for (let at = 0; at < data.length; at += 4)
        if (data[at + 3]! > 200) {
          count += 1;
          for (const channel of [0, 1, 2]) sum[channel]! += data[at + channel]!;
        }
      return { count, colour: sum.map((value) => Math.round(value / Math.max(1, count))) };
    });

  it('of SubStation Alpha are drawn with their styles, and as text where they cannot be', async () => {
    paths = await open(readFileSync(FILM), { 'en.ass': ASS });
    await menu().selectOption('English');
    await expect.poll(async () => (await drawn())?.count ?? 0, { timeout: 20_000 }).toBeGreaterThan(500);
    const { colour } = (await drawn())!;
    expect(colour[1]! - Math.max(colour[0]!, colour[2]!)).toBeGreaterThan(50);
    expect(await texts()).toEqual([]);
    await viewer.seekTo(35);
    await expect.poll(async () => (await drawn())?.count, { timeout: 10_000 }).toBe(0);
    await menu().selectOption('Off');
    expect(await drawn()).toBeNull();
    await viewer.page.route('**/ass/*', (route) => route.abort());
    await viewer.page.reload();
    await viewer.playedPast(0.5);
    await menu().selectOption('English');
    await expect.poll(texts, { timeout: 25_000 }).toEqual(['Green <i>letters</i>']);
    expect(await viewer.page.locator('.toast').allTextContents()).toEqual([
      expect.stringContaining('without their styles'),
    ]);
  });

  it('that are pictures are drawn, from a file and from within a film', async () => {
    const sup = join(folder, 'in.sup');
    writeFileSync(
      sup,
      pgsFile([
        { startSeconds: 2, endSeconds: 10 },
        { startSeconds: 12, endSeconds: 20 },
      ]),
    );
    const film = join(folder, 'film.mkv');
    const made = ['-c:v', 'copy', '-c:a', 'copy', '-c:s', 'dvdsub', '-metadata:s:s:0', 'language=ger'];
    execFileSync(ffmpeg.path, [
      '-v',
      'error',
      '-i',
      FILM.pathname.replaceAll('%20', ' '),
      '-itsoffset',
      '2',
      '-i',
      sup,
      '-map',
      '0:v',
      '-map',
      '0:a',
      '-map',
      '1',
      ...made,
      film,
    ]);
    paths = await open(readFileSync(film), { 'en.sup': readFileSync(sup) }, 'matroska');
    await expect.poll(() => menu().locator('option').allTextContents()).toEqual(['Off', 'English', 'German']);
    for (const language of ['English', 'German']) {
      await menu().selectOption(language);
      await viewer.seekTo(13);
      await expect.poll(async () => (await drawn())?.count ?? 0, { timeout: 15_000 }).toBeGreaterThan(1_000);
      await viewer.seekTo(1);
      await expect.poll(async () => (await drawn())?.count, { timeout: 15_000 }).toBe(0);
    }
  });

  it('are moved, enlarged, searched and brought by the viewer, with the keyboard too', async () => {
    paths = await open(readFileSync(FILM), { 'en.srt': SRT });
    const { page } = viewer;
    await menu().selectOption('English');
    await expect.poll(texts).toEqual(['Good day']);
    await page.getByRole('button', { name: 'Subtitle options' }).focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('region', { name: 'Subtitle options' });
    await panel.getByLabel('Delay of the subtitles in seconds').fill('30');
    await page.keyboard.press('Tab');
    await expect.poll(texts).toEqual([]);
    await panel.getByRole('button', { name: 'Half a second earlier' }).click();
    expect(await panel.getByLabel('Delay of the subtitles in seconds').inputValue()).toBe('29.5');
    await panel.getByLabel('Delay of the subtitles in seconds').fill('-20');
    await page.keyboard.press('Tab');
    await viewer.page.locator('video').evaluate((element) => {
      const video = element as unknown as VideoWithTracks;
      video.pause();
      video.currentTime = 2;
    });
    await expect.poll(texts).toEqual(['An <i>elephant</i> &amp; a Café']);
    await panel.getByLabel('Delay of the subtitles in seconds').fill('0');
    await page.keyboard.press('Tab');

    await panel.getByLabel('Size').selectOption('150 %');
    const size = () =>
      page.locator('video').evaluate((element) => {
        const { getComputedStyle } = globalThis as unknown as {
          getComputedStyle(of: unknown, part: string): { fontSize: string };
        };
        return getComputedStyle(element, '::cue').fontSize;
      });
    expect(await size()).toBeTruthy();

    await panel.getByLabel('Search').fill('ELEPHANT & a cafe');
    const found = panel.getByRole('listitem');
    await expect.poll(() => found.allTextContents()).toEqual(['0:20 An elephant & a Café']);
    await found.getByRole('button').focus();
    await page.keyboard.press('Enter');
    expect((await viewer.video()).time).toBe(20);

    const cyrillic = Buffer.concat([
      Buffer.from('1\r\n00:00:00,000 --> 00:00:39,000\r\n'),
      Buffer.from(
        'cff0e8e2e5f22c20eae0ea20e4e5ebe03f20d1e5e3eee4edff20ecfb20e8e4b8ec20e220eae8edee2e',
        'hex',
      ),
    ]);
    await panel
      .getByLabel('Your own file')
      .setInputFiles({ name: 'mine.srt', mimeType: '', buffer: cyrillic });
    await expect.poll(texts, { timeout: 15_000 }).toEqual(['Привет, как дела? Сегодня мы идём в кино.']);
    expect(await menu().locator('option').allTextContents()).toEqual(['Off', 'English', 'mine.srt']);
    await panel
      .getByLabel('Your own file')
      .setInputFiles({ name: 'x.srt', mimeType: '', buffer: Buffer.from('no') });
    await expect
      .poll(() => page.locator('.toast').allTextContents())
      .toEqual([expect.stringContaining('there are no subtitles in the file')]);
    expect(viewer.gateway.calls.map(({ variables }) => JSON.stringify(variables)).join()).not.toContain(
      'mine.srt',
    );
  });
});
