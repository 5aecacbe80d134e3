import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireChromium, requireCluster, requireFfmpeg, runScript } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, type ClusterProcess, startCluster } from '../../stack/src/cluster/index.ts';
import { launchBrowser } from '../browser/harness.ts';
import { newVisitor, SOFA, type Visitor } from '../people/visitor.ts';

const WAIT = { timeout: 120_000, interval: 100 };
const TITLE = 'Noise';
const program = requireChromium();
const ffmpeg = requireFfmpeg();
const engines = requireCluster();

describe.skipIf(program.skip || ffmpeg.skip || engines.skip)('an installation of two of each', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-cluster-'));
  let cluster: Cluster;
  let browser: Browser;
  let visitor: Visitor;

  beforeAll(async () => {
    const film = join(directory, `${TITLE} (2026).mp4`);
    makeFilm(ffmpeg.path, film);
    browser = await launchBrowser(program.path);
    cluster = await startCluster({ small: true, directory, films: [film] });
  }, 600_000);

  afterAll(async () => {
    await browser?.close();
    await cluster?.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 180_000);

  it('shows a film through either gateway to someone who signed in', { timeout: 300_000 }, async () => {
    visitor = await newVisitor(browser, SOFA);
    visitor.context.setDefaultTimeout(120_000);
    await visitor.signUp(cluster.setUpLink()!, 'Anna', 'password');
    for (const gateway of ['gateway-1', 'gateway-2']) {
      const own = await newVisitor(browser, SOFA);
      own.context.setDefaultTimeout(120_000);
      await own.signIn(cluster.url(gateway), 'Anna', 'password');
      await expect.poll(() => own.titles().count(), WAIT).toBe(1);
      await play(own);
      await own.context.close();
    }
  });

  it('plays on while processes are killed, and has them back', { timeout: 400_000 }, async () => {
    await visitor.signIn(cluster.balancerUrl, 'Anna', 'password');
    await play(visitor);
    const killed: ClusterProcess[] = [];
    // Peers take the first edge that admits them.
    for (const name of ['gateway-1', 'viewing-1', 'edge-1', 'redis-1']) {
      const process = cluster.process(name);
      await process.kill('SIGKILL');
      killed.push(process);
      const before = await position(visitor);
      await expect.poll(() => position(visitor), WAIT).toBeGreaterThan(before + 1);
    }
    // What was not fetched yet comes, too.
    await seek(visitor, 100);
    await expect.poll(() => position(visitor), WAIT).toBeGreaterThan(101);
    await Promise.all(killed.map((process) => process.start()));
    expect(await Promise.all(cluster.processes.map(async (each) => [each.name, await each.ready()]))).toEqual(
      cluster.processes.map(({ name }) => [name, true]),
    );
    const later = await newVisitor(browser, SOFA);
    later.context.setDefaultTimeout(120_000);
    await later.signIn(cluster.balancerUrl, 'Anna', 'password');
    await play(later);
  });

  it('leaves no process behind', { timeout: 180_000 }, async () => {
    const pids = cluster.processes.map(({ pid }) => pid!);
    await cluster.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

describe('npm run start:cluster', () => {
  it('says how what it needs is installed', { timeout: 120_000 }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'giggityflix-cluster-'));
    const command = runScript('stack/src/cluster/main.ts', { PATH: '', HOME: directory }, [
      '--directory',
      directory,
    ]);
    await expect.poll(() => command.output(), WAIT).toMatch(/is not installed: run npm run setup:system/);
    expect(await command.end()).toBe(1);
    rmSync(directory, { recursive: true });
  });
});

/** Two minutes that cannot be fetched in one go: noise does not compress. */
function makeFilm(program: string, path: string): void {
  const source = 'testsrc=size=320x180:rate=25,noise=alls=60:allf=t';
  const encoding = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-crf',
    '26',
    '-g',
    '25',
    '-pix_fmt',
    'yuv420p',
  ];
  execFileSync(program, [
    ...['-v', 'error', '-f', 'lavfi', '-i', source, '-t', '120'],
    ...[...encoding, '-movflags', '+faststart', path],
  ]);
}

async function play({ page, titles }: Visitor): Promise<void> {
  await titles().filter({ hasText: TITLE }).click();
  await page.locator('[data-action=play]').first().click();
  await expect
    .poll(() => page.locator('video').evaluate((element) => (element as unknown as Video).currentTime), WAIT)
    .toBeGreaterThan(0.5);
}

interface Video {
  currentTime: number;
  error: { message: string } | null;
}

async function position({ page }: Visitor): Promise<number> {
  const { at, problem } = await page.locator('video').evaluate((element) => {
    const { currentTime, error } = element as unknown as Video;
    return { at: currentTime, problem: error?.message ?? null };
  });
  expect(problem).toBe(null);
  return at;
}

async function seek({ page }: Visitor, seconds: number): Promise<void> {
  await page.locator('video').evaluate((element, to) => {
    (element as unknown as Video).currentTime = to;
  }, seconds);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
