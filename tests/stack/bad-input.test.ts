import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import {
  freePorts,
  ROOT,
  readiness,
  runScript,
  samplesShared,
  startStack,
  type TestStack,
  writeNewFilm,
} from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WAIT = { timeout: 15_000, interval: 100 };

describe('configuration', () => {
  const start = async (env: Record<string, string>, args: string[] = []) => {
    const process = runScript('stack/src/main.ts', env, args);
    const status = await process.end('SIGCONT');
    return { status, output: process.output() };
  };

  it('names every wrong value at once, and starts nothing', async () => {
    const { status, output } = await start({
      GATEWAY_PORT: 'four thousand',
      EDGE_PORT: '',
      LOG_LEVEL: 'loud',
    });
    expect(status).toBe(1);
    expect(output).toMatch(/3 problems/);
    expect(output).toMatch(/EDGE_PORT is set but empty/);
    expect(output).toMatch(
      /GATEWAY_PORT is invalid: expected a whole number from 0 to 65535 \(got "four thousand"\)/,
    );
    expect(output).toMatch(/LOG_LEVEL is invalid/);
  });

  it('refuses what it does not know, and production', async () => {
    expect(await start({}, ['--frehs'])).toMatchObject({
      status: 1,
      output: expect.stringMatching(/--frehs[\s\S]*npm start/),
    });
    expect(await start({ NODE_ENV: 'production' })).toMatchObject({
      status: 1,
      output: expect.stringMatching(/NODE_ENV=production/),
    });
  });
});

describe('with a port in use and files that are no films', () => {
  let stack: TestStack;
  let squatter: Server;

  beforeAll(async () => {
    const [taken] = await freePorts(1);
    squatter = createServer((socket) => socket.destroy()).listen(taken, '127.0.0.1');
    stack = await startStack({
      env: { VIEWING_PORT: String(taken), SCAN_INTERVAL_MINUTES: '60' },
      waitUntilReady: false,
    });
  });
  afterAll(async () => {
    squatter?.close();
    await stack?.dispose();
  });

  it('says which port, serves the rest, and recovers when the port is free', async () => {
    await expect.poll(() => stack.output(), WAIT).toMatch(/viewing cannot start: port \d+ is already in use/);
    await expect
      .poll(async () => (await fetch(`${stack.origin}/health`).catch(() => null))?.status, WAIT)
      .toBe(200);
    await expect.poll(() => readiness(stack.origin), WAIT).toMatch(/viewing/);
    const { data, errors } = await stack.client.request('BrowseTitles', { first: 10 });
    expect(data.titles.edges).toBeInstanceOf(Array);
    expect(errors?.every((error) => error.extensions?.code !== undefined) ?? true).toBe(true);

    await new Promise((resolve) => squatter.close(resolve));
    await expect.poll(() => readiness(stack.origin), WAIT).toBe('ready');
    await samplesShared(stack);
  });

  it('shares what is whole, and says what is wrong with the rest', async () => {
    const sample = readFileSync(join(ROOT, 'stack/sample/Moving Shapes (2025).webm'));
    const names = {
      empty: 'Nothing.mp4',
      cut: 'Cut Short.mp4',
      noise: 'Noise.mkv',
      odd: 'Ça va 🎬\nsecond line.webm',
    };
    writeFileSync(join(stack.mediaDir, names.empty), '');
    const mp4 = readFileSync(join(ROOT, 'stack/sample/Counting Seconds (2026).mp4'));
    writeFileSync(join(stack.mediaDir, names.cut), mp4.subarray(0, 900));
    writeFileSync(join(stack.mediaDir, names.noise), Buffer.alloc(5_000, 'noise '));
    writeFileSync(join(stack.mediaDir, names.odd), Buffer.concat([sample, Buffer.from([0xec, 0x81, 0x00])]));
    const film = join(stack.mediaDir, 'A Whole Film.mp4');
    writeNewFilm(film);

    const titles = async (): Promise<string[]> => {
      const { data } = await stack.client.request('BrowseTitles', { first: 50, filter: { available: true } });
      return data.titles.edges.map((edge: { node: { name: string } }) => edge.node.name);
    };
    await expect
      .poll(titles, WAIT)
      .toEqual(expect.arrayContaining(['A Whole Film', expect.stringMatching(/^Ça va 🎬\s*second line$/)]));
    expect(await titles()).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/Nothing|Cut Short|Noise/)]),
    );
    await expect.poll(() => stack.output(), WAIT).toMatch(/Nothing\.mp4/);
    await expect.poll(() => stack.output(), WAIT).toMatch(/Cut Short\.mp4/);
    for (const name of [...Object.values(names), 'A Whole Film.mp4']) rmSync(join(stack.mediaDir, name));
  });

  it('answers bad GraphQL input with errors that say what is wrong', async () => {
    const answers = await Promise.all([
      stack.client.request('BrowseTitles', { first: -1 }),
      stack.client.request('BrowseTitles', { first: 5, after: 'not a cursor' }),
      stack.client.request('PlaybackHeartbeat', { sessionId: 'no-such-session', positionSeconds: 1 }),
      stack.client.request('{ nonsense }'),
      stack.client.request('SendPlaybackSignal', { sessionId: 'x', signal: {} }),
    ]);
    for (const { errors } of answers) {
      expect(errors?.[0]?.message).toBeTruthy();
      expect(errors?.[0]?.extensions?.code).not.toBe('INTERNAL_SERVER_ERROR');
    }
  });
});
