import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createIssuer,
  createTestPeer,
  type Issuer,
  processesWith,
  shareFile,
  type TestViewer,
} from '../../testing/streaming.ts';
import { createRenditionOpener } from './rendition-opener.ts';

const ffmpeg = requireFfmpeg();
const SECONDS = 12;

describe.skipIf(ffmpeg.skip)('a film in another form', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-rendition-'));
  const peers: ReturnType<typeof createTestPeer>[] = [];
  let issuer: Issuer;
  let matroska: Awaited<ReturnType<typeof shareFile>>;
  /** Too large for the pipes: FFmpeg runs for as long as nobody reads it. */
  let large: Awaited<ReturnType<typeof shareFile>>;

  beforeAll(async () => {
    issuer = await createIssuer();
    const path = join(directory, 'film.mkv');
    execFileSync(ffmpeg.path, [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=320x180:rate=24:duration=${SECONDS}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${SECONDS}`],
      ...['-c:v', 'libx264', '-g', '48', '-pix_fmt', 'yuv420p', '-c:a', 'ac3', path],
    ]);
    matroska = await shareFile(readFileSync(path), {
      container: 'matroska',
      videoCodec: 'avc',
      audioCodec: 'ac3',
      mimeType: 'video/x-matroska',
      durationSeconds: SECONDS,
    });
    const noise = join(directory, 'noise.mkv');
    execFileSync(ffmpeg.path, [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=321x181:rate=24:duration=4,noise=alls=90:allf=t'],
      ...['-c:v', 'ffv1', '-pix_fmt', 'yuv444p', noise],
    ]);
    large = await shareFile(readFileSync(noise), {
      container: 'matroska',
      videoCodec: 'ffv1',
      mimeType: 'video/x-matroska',
      durationSeconds: 4,
    });
  });
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer.streaming.stop()));
  });
  afterAll(async () => {
    await Promise.all([matroska?.remove(), large?.remove()]);
    rmSync(directory, { recursive: true, force: true });
  });

  const connect = async (config = {}, file = matroska) => {
    const peer = createTestPeer(file.source, issuer.jwks, {
      ffmpegPath: ffmpeg.path,
      ffprobePath: ffmpeg.ffprobePath,
      maxRenditions: 1,
      ...config,
    });
    peers.push(peer);
    const viewer = await peer.connect('s1', file.catalogId);
    const token = await issuer.sign('s1', file.catalogId);
    return {
      peer,
      viewer,
      open: (rendition: 'remux' | 'transcode', startSeconds = 0, maxHeight?: number) =>
        viewer.client.open({ token, rendition, startSeconds, maxHeight }),
    };
  };
  const readAll = async (viewer: TestViewer) => {
    const parts: Uint8Array[] = [];
    for await (const piece of viewer.client.read(0, 16 * 1_024 * 1_024)) parts.push(piece.data);
    return Buffer.concat(parts);
  };
  const probe = (film: Buffer) => {
    const path = join(directory, 'out.mp4');
    writeFileSync(path, film);
    const output = execFileSync(ffmpeg.ffprobePath, [
      ...['-v', 'error', '-show_entries', 'stream=codec_name,height:format=duration', '-of', 'json', path],
    ]);
    const { streams, format } = JSON.parse(output.toString());
    return {
      height: streams[0].height,
      codecs: streams.map((stream: { codec_name: string }) => stream.codec_name),
      seconds: Number(format.duration),
    };
  };

  it('keeps the picture and makes the sound into AAC when remuxed', async () => {
    const { viewer, open } = await connect();
    const opened = await open('remux');
    expect(opened).toMatchObject({
      rendition: 'remux',
      sizeBytes: null,
      startSeconds: 0,
      durationSeconds: SECONDS,
    });
    expect(opened.mimeType).toMatch(/^video\/mp4; codecs="avc1\.[0-9a-f]{6}, mp4a\.40\.2"$/);
    const { codecs, seconds } = probe(await readAll(viewer));
    expect(codecs).toEqual(['h264', 'aac']);
    expect(seconds).toBeCloseTo(SECONDS, 0);
  });

  it('begins at the key frame before the place asked for, and says where that is', async () => {
    const { viewer, open } = await connect();
    const { startSeconds } = await open('remux', 7.5);
    expect(startSeconds).toBeCloseTo(6, 1);
    expect(probe(await readAll(viewer)).seconds).toBeCloseTo(SECONDS - startSeconds, 0);
  });

  it('is encoded anew when transcoded, from exactly the place asked for', async () => {
    const { viewer, open } = await connect();
    expect(await open('transcode', 10.5)).toMatchObject({ rendition: 'transcode', startSeconds: 10.5 });
    const { codecs, seconds } = probe(await readAll(viewer));
    expect(codecs).toEqual(['h264', 'aac']);
    expect(seconds).toBeCloseTo(1.5, 0);
  });

  it('is sought in by opening it again', async () => {
    const { viewer, open } = await connect();
    await open('remux');
    const reading = viewer.client.read(0, 16 * 1_024 * 1_024);
    await reading.next();
    await open('remux', 7.5);
    await expect(reading.next()).rejects.toMatchObject({ code: 'closed' });
    expect(probe(await readAll(viewer)).seconds).toBeLessThan(7);
  });

  it('is refused while the peer converts as many as it may, and given again after', async () => {
    // So long that its conversion goes on while nobody reads it.
    const { peer, open } = await connect({}, large);
    await open('transcode');
    const other = await peer.connect('s2', large.catalogId);
    const token = await issuer.sign('s2', large.catalogId);
    const ask = () => other.client.open({ token, rendition: 'transcode', startSeconds: 0 });
    await expect(ask()).rejects.toMatchObject({ code: 'busy' });
    peer.streaming.handleSignal({
      sessionId: 's1',
      catalogId: Buffer.from(large.catalogId, 'hex'),
      signal: { $case: 'lost', value: { reason: '' } },
      iceServers: [],
    });
    await expect.poll(() => peer.streaming.activeStreams()).toBe(0);
    await expect
      .poll(async () =>
        ask().then(
          () => 'given',
          () => 'refused',
        ),
      )
      .toBe('given');
  });

  /** Another viewer of the same peer, who waits for a turn; `places` are those it was told. */
  const queue = async (peer: ReturnType<typeof createTestPeer>, session: string, account = session) => {
    const viewer = await peer.connect(session, large.catalogId, { account });
    const token = await issuer.sign(session, large.catalogId);
    const places: number[] = [];
    const opening = viewer.client.open({ token, rendition: 'transcode', startSeconds: 0 }, (place) =>
      places.push(place),
    );
    opening.catch(() => {});
    return { viewer, places, opening };
  };

  it('is waited for where there is no room: the place is said at once, and it begins by itself', async () => {
    const { peer, viewer, open } = await connect({}, large);
    await open('transcode');
    const second = await queue(peer, 's2', 'anna');
    await expect.poll(() => second.places).toEqual([1]);
    const third = await queue(peer, 's3', 'anna');
    const fourth = await queue(peer, 's4', 'ben');
    // Accounts take turns.
    await expect.poll(() => [third.places, fourth.places]).toEqual([[2, 3], [2]]);
    expect(peer.streaming.activeStreams()).toBe(4);
    // Who seeks keeps its place.
    await open('transcode', 1);
    expect(second.places).toEqual([1]);
    viewer.disconnect();
    expect(await second.opening).toMatchObject({ rendition: 'transcode' });
    // Who leaves is forgotten.
    fourth.viewer.disconnect();
    await expect.poll(() => third.places.at(-1)).toBe(1);
    second.viewer.disconnect();
    expect(await third.opening).toMatchObject({ rendition: 'transcode' });
    expect(processesWith(large.path)).toHaveLength(1);
  });

  it('leaves its place as soon as all of it has been made, though nobody has watched it', async () => {
    const path = join(directory, 'short.mkv');
    execFileSync(ffmpeg.path, [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'color=size=64x48:rate=5:duration=3', path],
    ]);
    const short = await shareFile(readFileSync(path), { videoCodec: 'avc', durationSeconds: 3 });
    const { peer, viewer, open } = await connect({}, short);
    await open('transcode');
    const other = await peer.connect('s2', short.catalogId);
    const token = await issuer.sign('s2', short.catalogId);
    await expect
      .poll(() =>
        other.client.open({ token, rendition: 'transcode', startSeconds: 0 }).then(
          () => 'given',
          ({ code }) => code,
        ),
      )
      .toBe('given');
    expect(probe(await readAll(viewer)).seconds).toBeCloseTo(3, 0);
    await short.remove();
  });

  it('is remuxed beside as many transcodes as there may be, and small ones go beside each other', async () => {
    const opener = createRenditionOpener({
      tools: async () => ({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath }),
      maxConverting: 1,
    });
    const forever = new AbortController().signal;
    const ask = async (rendition: 'remux' | 'transcode', maxHeight: number, { shared } = large) => {
      const request = { rendition, startSeconds: 0, maxHeight };
      return opener.forViewer(null).open(shared, request, forever);
    };
    const opened = [
      await ask('transcode', 720),
      await ask('transcode', 720),
      await ask('transcode', 144),
      await ask('remux', 1_080, matroska),
    ];
    expect(opened).toMatchObject([
      { rendition: 'transcode' },
      { rendition: 'transcode' },
      { error: 'busy', retryAfterMilliseconds: expect.any(Number) },
      { rendition: 'remux' },
    ]);
    for (const film of opened) if ('close' in film) await film.close();
  });

  it.each([
    ['without FFmpeg', { ffmpegPath: null }],
    ['with a path to FFmpeg that is wrong', { ffmpegPath: '/nonexistent/ffmpeg' }],
  ])('is refused with the reason by a peer %s', async (_what, config) => {
    const { open } = await connect(config);
    await expect(open('remux')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('FFmpeg'),
    });
  });

  it('is refused with the reason when FFmpeg can do nothing with the file, without telling where that is', async () => {
    const junk = await shareFile(Buffer.from('this is no film'), { videoCodec: 'avc' });
    const { open } = await connect({}, junk);
    const refusal = await open('remux').catch((error: Error) => error);
    expect(refusal).toMatchObject({ code: 'unsupported', message: expect.stringContaining('the film') });
    expect((refusal as Error).message).not.toContain(tmpdir());
    await junk.remove();
  });

  it.each([
    ['no taller than the viewer wants', 144, 144],
    ['as tall as it was, in the even number of lines the encoder takes', 1_080, 180],
  ])('is transcoded %s', async (_what, maxHeight, height) => {
    const { viewer, open } = await connect({}, large);
    await open('transcode', 0, maxHeight);
    expect(probe(await readAll(viewer)).height).toBe(height);
  });

  it('are announced beforehand, where there is FFmpeg', async () => {
    const offered = async (config: object) => {
      const { viewer, peer } = await connect(config);
      const token = await issuer.sign('s1', matroska.catalogId);
      const opened = await viewer.client.open({ token, rendition: 'original', startSeconds: 0 });
      await peer.streaming.stop();
      return opened.conversions;
    };
    expect(await offered({})).toEqual(['remux', 'transcode']);
    expect(await offered({ ffmpegPath: null })).toEqual([]);
    expect(await offered({ ffmpegPath: '/nonexistent/ffmpeg' })).toEqual([]);
  });

  it('takes no process any more once its viewer has left, or opened something else', async () => {
    const { peer, viewer, open } = await connect({}, large);
    await open('transcode');
    const [first, ...others] = processesWith(large.path);
    expect(others).toEqual([]);
    await open('transcode', 1);
    const [second, ...rest] = processesWith(large.path);
    expect(rest).toEqual([]);
    expect(second).not.toBe(first);
    viewer.disconnect();
    await expect.poll(() => peer.streaming.viewers()).toEqual([]);
    expect(processesWith(large.path)).toEqual([]);
  });

  it('takes no process either when its viewer leaves before there was anything to send', async () => {
    const stuck = join(directory, 'stuck-ffmpeg');
    writeFileSync(stuck, '#!/bin/sh\n[ "$1" = -version ] || while :; do sleep 0.05; done\n');
    chmodSync(stuck, 0o755);
    const { peer, viewer, open } = await connect({ ffmpegPath: stuck });
    const opening = open('transcode');
    opening.catch(() => {});
    await expect.poll(() => processesWith(stuck)).toHaveLength(1);
    viewer.disconnect();
    await expect.poll(() => peer.streaming.viewers()).toEqual([]);
    expect(processesWith(stuck)).toEqual([]);
  });

  it('is that of the last place asked for, however quickly the places follow', async () => {
    const { viewer, open } = await connect();
    const places: Promise<unknown>[] = [];
    for (const seconds of [0, 3, 6, 9, 10.5]) {
      places.push(open('transcode', seconds));
      places.at(-1)!.catch(() => {});
    }
    const outcomes = await Promise.allSettled(places);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(probe(await readAll(viewer)).seconds).toBeCloseTo(1.5, 0);
  });

  it('is reported as broken off when FFmpeg dies, and can be opened again', async () => {
    const { viewer, open } = await connect({}, large);
    await open('transcode');
    const [pid] = processesWith(large.path);
    process.kill(pid!, 'SIGKILL');
    await expect(readAll(viewer)).rejects.toMatchObject({
      code: 'read_failed',
      message: 'FFmpeg stopped (SIGKILL): no reason given',
    });
    await open('transcode');
    expect(probe(await readAll(viewer)).seconds).toBeCloseTo(4, 0);
  });

  it('makes room for another viewer once nobody has watched it for long', async () => {
    const clock = { now: 0 };
    const opener = createRenditionOpener({
      tools: async () => ({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath }),
      maxConverting: 1,
      now: () => clock.now,
    });
    const forever = new AbortController().signal;
    const ask = () =>
      opener.forViewer(null).open(large.shared, { rendition: 'transcode', startSeconds: 0 }, forever);
    const paused = await ask();
    if ('error' in paused) throw new Error(paused.message);
    clock.now = 100_000;
    await paused.read(0, forever);
    clock.now = 200_000;
    expect(await ask()).toMatchObject({ error: 'busy' });
    clock.now = 300_000;
    const watched = await ask();
    if ('error' in watched) throw new Error(watched.message);
    expect(processesWith(large.path)).toHaveLength(1);
    await expect(async () => paused.read(1, forever)).rejects.toThrow('made room');
    await paused.close();
    expect(await ask()).toMatchObject({ error: 'busy' });
    await watched.close();
    expect(processesWith(large.path)).toEqual([]);
  });
});
