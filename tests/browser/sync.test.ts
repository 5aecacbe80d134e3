import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCombinations, type Combination, nameOf, sampleCombinations } from '../media/combinations.ts';
import { createGenerator, type GeneratedFilm } from '../media/generator.ts';
import { createPeerParts } from '../media/peer.ts';
import { BLOCKS, HEIGHT, readBlocks, readSound, WIDTH } from '../media/reference.ts';
import { sampleSize } from '../media/sample.ts';
import { TOLERANCE_SECONDS } from '../media/sync.ts';
import { type Glimpse, watchAndListen } from '../media/watching.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const chromium = requireChromium();
const ffmpeg = requireFfmpeg();
const { count, seed } = sampleSize({ count: 4 });
const sample = count === null ? allCombinations(seed) : sampleCombinations(count, seed);
/** Sound that is read at a time. */
const SAMPLE_COUNT = 2_048;
/** What is seen and heard at a place: the middle one of so many counts, as a busy machine stutters. */
const GLIMPSES = 9;
/** Where it is looked: a way into the film, as the first moments of a player are uneven. */
const PLACES = [0, 8, 3] as const;
const RESUMED_AT = 6;
const FORMS = ['original', 'remux', '360'] as const;
/** Where a film is when its picture and sound say 0, which is no word of either before it. */
const LATE_SECONDS = 2.5;

describe.skipIf(chromium.skip || ffmpeg.skip)('the clock of the player says what is seen and heard', () => {
  const peerParts = createPeerParts({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath });
  let browser: Browser;
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'giggityflix-watching-'));
    browser = await launchBrowser(chromium.path);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function open(film: GeneratedFilm, progressSeconds?: number): Promise<Viewer> {
    const described = await peerParts.share(film.path);
    const { durationSeconds, container, videoCodec, audioCodec } = described.shared;
    await described.remove();
    const viewer = await openViewer(browser, await readFile(film.path), {
      name: 'A Film of Time',
      durationSeconds: durationSeconds ?? film.durationSeconds,
      container: container ?? '',
      videoCodec: videoCodec ?? '',
      audioCodec: audioCodec ?? '',
      ...(progressSeconds === undefined ? {} : { progressSeconds }),
    });
    viewer.gateway.setPeers([viewer.addPeer({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath })]);
    return viewer;
  }

  /** How far picture and sound are from the clock, in seconds; null for what says nothing. */
  async function measure(
    watch: () => Promise<Glimpse | null>,
    { pictureShift, soundShift }: GeneratedFilm,
    { timeline }: Combination,
  ): Promise<{ picture: number | null; sound: number | null }> {
    const pictures: number[] = [];
    const sounds: number[] = [];
    for (let each = 0; each < GLIMPSES; each += 1) {
      const glimpse = await watch();
      if (!glimpse) break;
      const { picture, sound } = glimpse;
      const seen = readBlocks(picture.luma);
      if (seen !== null) pictures.push(picture.at - seen - pictureShift);
      const heard = readSound(Float32Array.from(sound.samples), sound.sampleRate);
      const heardAt = sound.at - SAMPLE_COUNT / 2 / sound.sampleRate;
      if (heard !== null) sounds.push(heardAt - heard - soundShift);
    }
    // Pictures of a variable rate are shown again where others are missing.
    const picture = timeline === 'variable-rate' ? least(pictures) : middle(pictures);
    return { picture, sound: middle(sounds) };
  }

  async function findFaults(film: GeneratedFilm, combination: Combination): Promise<string[]> {
    const faults: string[] = [];
    const hasSound = combination.audio !== null;
    const judge = (where: string, off: { picture: number | null; sound: number | null }) => {
      for (const kind of hasSound ? (['picture', 'sound'] as const) : (['picture'] as const))
        if (off[kind] === null) faults.push(`${where}: no ${kind}`);
        else if (Math.abs(off[kind]) > TOLERANCE_SECONDS)
          faults.push(`${where}: ${kind} off by ${off[kind].toFixed(3)} s`);
    };
    const watching = async (viewer: Viewer) => {
      const handle = await viewer.page.locator('video').evaluateHandle(watchAndListen, {
        blocks: BLOCKS,
        width: WIDTH,
        height: HEIGHT,
        sampleCount: SAMPLE_COUNT,
      });
      return () => handle.evaluate((look: () => Promise<Glimpse | null>) => look());
    };
    const viewer = await open(film);
    try {
      await viewer.watch();
      await viewer.playedPast(0.2);
      const watch = await watching(viewer);
      const menu = viewer.page.getByRole('combobox', { name: 'Quality' });
      for (const form of FORMS) {
        if (form === 'original' && !isPlayable(combination)) continue;
        await menu.selectOption(form);
        for (const place of PLACES) {
          await viewer.seekTo(place);
          const from = place === 0 && /^late/.test(combination.timeline) ? LATE_SECONDS : place + 0.3;
          try {
            await viewer.playedPast(from);
            judge(`${form} at ${place} s`, await measure(watch, film, combination));
          } catch (error) {
            faults.push(`${form} at ${place} s: ${(error as Error).message.split('\n')[0]}`);
          }
        }
      }
    } finally {
      await viewer.close();
    }
    const resumed = await open(film, RESUMED_AT);
    try {
      await resumed.watch();
      await resumed.playedPast(RESUMED_AT + 0.3);
      judge('resumed', await measure(await watching(resumed), film, combination));
    } catch (error) {
      faults.push(`resumed: ${(error as Error).message.split('\n')[0]}`);
    } finally {
      await resumed.close();
    }
    return faults;
  }

  it.each(sample.map((combination) => [nameOf(combination), combination] as const))(
    '%s',
    async (_name, combination) => {
      const { generate } = createGenerator({ ffmpegPath: ffmpeg.path, dir });
      const film = await generate(combination, join(dir, `film.${combination.container}`));
      expect(await findFaults(film, combination)).toEqual([]);
    },
    300_000,
  );
});

/** Whether a video element plays the file by itself. */
function isPlayable({ container, video, audio }: Combination): boolean {
  return (
    (container === 'mp4' &&
      /libx264|vp9|av1/.test(video) &&
      /^(aac|libmp3lame|libopus|flac)?$/.test(audio ?? '')) ||
    container === 'webm'
  );
}

function middle(values: number[]): number | null {
  return values.sort((one, other) => one - other)[values.length >> 1] ?? null;
}

function least(values: number[]): number | null {
  return values.sort((one, other) => Math.abs(one) - Math.abs(other))[0] ?? null;
}
