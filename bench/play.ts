import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireChromium } from '@giggityflix/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGS } from '../tests/browser/chromium.ts';
import { type Emulator, startEmulator } from './link/start.ts';
import { FILM_SECONDS, makeFilm } from './play/film.ts';
import { serveFilm } from './play/http.ts';
import { firstFrameMs, seekMs, WATCH_FIRST_FRAME } from './play/page.ts';
import { startPlatform } from './play/platform.ts';
import { type BenchRow, percentile, row } from './row.ts';

/** Parts of the film that are sought, in this order: far from one another, and from what a player fetches ahead. */
const SEEKS = [0.75, 0.3, 0.9, 0.5];

/** Of the line with a length: 100 Mbit/s. */
const LINE_BYTES_PER_SECOND = 12_500_000;

/** How many visits of each page; `--quick` makes it three. */
export const options = { visits: 10, quick: 0 };

interface Times {
  firstFrame: number[];
  seek: number[];
}

/**
 * From the click on play to the first frame, and from a seek to the first frame of there, in Chromium: our page with a peer, and the same
 * file by HTTP ranges in a bare video element. Each visit is the first one of a fresh profile, up to the page that has the button.
 */
export default async function play({ visits, quick }: typeof options): Promise<BenchRow[]> {
  const { skip, path: executablePath } = requireChromium();
  if (skip) throw new Error(String(skip));
  const directory = mkdtempSync(join(tmpdir(), 'bench-play-'));
  const emulator = startEmulator();
  let browser: Browser | null = null;
  try {
    const film = makeFilm(directory);
    browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
    const rows: BenchRow[] = [];
    for (const roundTripMs of [0, 50])
      rows.push(...(await compare({ browser, emulator, film, roundTripMs, visits: quick ? 3 : visits })));
    return rows;
  } finally {
    await browser?.close();
    emulator.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function compare(options: {
  browser: Browser;
  emulator: Emulator;
  film: { path: string; bytes: Buffer };
  roundTripMs: number;
  visits: number;
}): Promise<BenchRow[]> {
  const { browser, emulator, film, roundTripMs, visits } = options;
  const profile = roundTripMs === 0 ? null : { roundTripMs, bytesPerSecond: LINE_BYTES_PER_SECOND };
  const platform = await startPlatform(film.bytes, emulator, profile);
  const server = await serveFilm(film.path, film.bytes.byteLength);
  const addressOf = async (port: number) =>
    `http://127.0.0.1:${profile ? (await emulator.openTcp(profile, port)).near : port}/`;
  const pages = { ours: await addressOf(platform.port), http: await addressOf(server.port) };
  const ours: Times = { firstFrame: [], seek: [] };
  const http: Times = { firstFrame: [], seek: [] };
  for (let visit = 0; visit < visits; visit += 1) {
    await measure(browser, pages.ours, ours, (page) => page.click('[data-title-id]'));
    await measure(browser, pages.http, http);
  }
  await platform.stop();
  server.stop();
  const where = roundTripMs === 0 ? 'loopback' : `round trip ${roundTripMs} ms`;
  return [
    ['click to first frame', ours.firstFrame, http.firstFrame] as const,
    ['seek to first frame', ours.seek, http.seek] as const,
  ].flatMap(([what, mine, theirs]) =>
    [50, 95].map((p) =>
      row(`${what}, ${where}, ${p === 50 ? 'median' : `p${p}`}`, 'ms', percentile(mine, p), {
        name: 'the same file by HTTP ranges',
        value: percentile(theirs, p),
      }),
    ),
  );
}

/** One visit in a fresh profile. */
async function measure(
  browser: Browser,
  address: string,
  times: Times,
  find: (page: Page) => Promise<unknown> = async () => {},
): Promise<void> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(WATCH_FIRST_FRAME);
    await page.goto(address);
    await find(page);
    await page.click('[data-action=play]');
    times.firstFrame.push(await firstFrameMs(page));
    for (const part of SEEKS) times.seek.push(await seekMs(page, Math.floor(FILM_SECONDS * part)));
  } finally {
    await context.close();
  }
}
