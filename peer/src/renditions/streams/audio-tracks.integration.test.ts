import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIssuer, createTestPeer, type Issuer, shareFile } from '../../../testing/streaming.ts';
import { createFilmStreamsReader } from './film-streams.ts';

const ffmpeg = requireFfmpeg();
const forever = new AbortController().signal;
const RATE = 8_000;

describe.skipIf(ffmpeg.skip)('the audio tracks of a film', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-audio-'));
  const shared: Awaited<ReturnType<typeof shareFile>>[] = [];
  const peers: ReturnType<typeof createTestPeer>[] = [];
  const tools = async () => ({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath });
  let issuer: Issuer;
  /** English in stereo (440 Hz), German in AC-3 (880 Hz) and a comment on it (1760 Hz). */
  let film: Awaited<ReturnType<typeof shareFile>>;

  const TONES = [440, 880, 1_760];
  const makeFilm = async (name: string, options: string[], tones = TONES) => {
    const path = join(directory, name);
    execFileSync(ffmpeg.path, [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=10:duration=4'],
      ...tones.flatMap((tone) => ['-f', 'lavfi', '-i', `sine=frequency=${tone}:duration=4`]),
      ...['-map', '0:v', ...tones.flatMap((_, index) => ['-map', `${index + 1}:a`])],
      ...['-c:v', 'libx264', '-g', '20', '-pix_fmt', 'yuv420p', ...options, path],
    ]);
    const file = await shareFile(readFileSync(path), {
      videoCodec: 'avc',
      audioCodec: 'aac',
      durationSeconds: 4,
    });
    shared.push(file);
    return file;
  };

  beforeAll(async () => {
    issuer = await createIssuer();
    film = await makeFilm('film.mkv', [
      ...['-c:a', 'aac', '-c:a:1', 'ac3', '-ac:a:0', '2', '-ac:a:1', '6', '-ac:a:2', '1'],
      ...[
        '-metadata:s:a:0',
        'language=eng',
        '-metadata:s:a:1',
        'language=ger',
        '-metadata:s:a:2',
        'language=eng',
      ],
      ...['-metadata:s:a:2', 'title=The director\u0007 talks', '-disposition:a:2', 'comment'],
    ]);
  });
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer.streaming.stop()));
  });
  afterAll(async () => {
    await Promise.all(shared.map((file) => file.remove()));
    rmSync(directory, { recursive: true, force: true });
  });

  const connect = async (file = film, config: object = tools) => {
    const peer = createTestPeer(file.source, issuer.jwks, {
      ...(await tools()),
      maxRenditions: 1,
      ...config,
    });
    peers.push(peer);
    const viewer = await peer.connect('s1', file.catalogId);
    const token = await issuer.sign('s1', file.catalogId);
    const { client } = viewer;
    return {
      client,
      open: (rendition: 'original' | 'remux' | 'transcode', audioTrack?: number, startSeconds = 0) =>
        client.open({ token, rendition, startSeconds, audioTrack }),
      /** What is heard in what has been opened. */
      async listen() {
        const parts: Uint8Array[] = [];
        for await (const piece of client.read(0, 16 * 1_024 * 1_024)) parts.push(piece.data);
        const path = join(directory, 'out.mp4');
        writeFileSync(path, Buffer.concat(parts));
        return { tone: toneOf(path), audio: probeAudio(path) };
      },
    };
  };
  /** Counts how often the sound's first track swings, in Hertz; to the nearest ten. */
  const toneOf = (path: string) => {
    const pcm = execFileSync(
      ffmpeg.path,
      ['-v', 'error', '-i', path, '-map', '0:a:0', '-ac', '1', '-ar', `${RATE}`, '-f', 's16le', 'pipe:1'],
      { maxBuffer: 1_048_576 },
    );
    const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength >> 1).subarray(RATE / 2, RATE);
    const swings = samples.reduce(
      (sum, value, at) => sum + Number(value >= 0 && (samples[at - 1] ?? 0) < 0),
      0,
    );
    return Math.round((swings * RATE) / samples.length / 10) * 10;
  };
  const probeAudio = (path: string): string[] =>
    execFileSync(
      ffmpeg.ffprobePath,
      [
        '-v',
        'error',
        '-select_streams',
        'a',
        '-show_entries',
        'stream=codec_name,channels',
        '-of',
        'csv=p=0',
        path,
      ],
      { encoding: 'utf8' },
    )
      .trim()
      .split('\n');

  it('are listed with what is known of each', async () => {
    const { client, open } = await connect();
    await open('original');
    const plain = { name: null, default: false, commentary: false, audioDescription: false };
    expect(await client.audioTracks()).toEqual([
      { ...plain, track: 0, language: 'eng', codec: 'aac', channels: 2, default: true },
      { ...plain, track: 1, language: 'deu', codec: 'ac3', channels: 6 },
      {
        ...plain,
        track: 2,
        language: 'eng',
        codec: 'aac',
        channels: 1,
        name: 'The director talks',
        commentary: true,
      },
    ]);
  });

  it.each([
    ['the default one when none is chosen', 'remux', undefined, 440, 'aac,2'],
    ['the first, as it is', 'remux', 0, 440, 'aac,2'],
    ['another, made into what browsers decode', 'remux', 1, 880, 'aac,2'],
    ['another, as it is', 'remux', 2, 1_760, 'aac,1'],
    ['another beside a picture encoded anew', 'transcode', 1, 880, 'aac,2'],
  ] as const)('are each to be had in a rendition: %s', async (_which, rendition, track, tone, audio) => {
    const { open, listen } = await connect();
    const { mimeType } = await open(rendition, track);
    expect(mimeType).toMatch(/^video\/mp4; codecs="avc1\.[0-9a-f]{6}, mp4a\.40\.2"$/);
    const heard = await listen();
    expect(heard.audio).toEqual([audio]);
    expect(Math.abs(heard.tone - tone)).toBeLessThanOrEqual(10);
  });

  it('are changed from where the film is, on the same connection', async () => {
    const { open, listen } = await connect();
    await open('remux', 2);
    expect((await open('remux', 1, 3)).startSeconds).toBeCloseTo(2, 1);
    expect(Math.abs((await listen()).tone - 880)).toBeLessThanOrEqual(10);
  });

  it('begin with the one their maker marked as the default', async () => {
    const marked = await makeFilm(
      'marked.mp4',
      [
        '-c:a',
        'aac',
        '-disposition:a:0',
        '0',
        '-disposition:a:1',
        'default',
        '-metadata:s:a:1',
        'handler_name=Original',
      ],
      [440, 880],
    );
    const { client, open, listen } = await connect(marked);
    await open('remux');
    expect(await client.audioTracks()).toMatchObject([
      { default: false, name: null, language: null },
      { default: true, name: 'Original' },
    ]);
    expect(Math.abs((await listen()).tone - 880)).toBeLessThanOrEqual(10);
  });

  it('are refused with the reason when they cannot be had, and others can be had after', async () => {
    const { open, client } = await connect();
    await expect(open('remux', 3)).rejects.toMatchObject({
      code: 'not_found',
      message: 'there is no audio track 3; the film has 3, numbered from 0',
    });
    await expect(open('original', 1)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('the original has all its audio tracks'),
    });
    await expect(open('remux', 32)).rejects.toMatchObject({ code: 'bad_message' });
    await expect(open('remux', 1)).resolves.toMatchObject({ rendition: 'remux' });
    await expect(client.audioTracks()).resolves.toHaveLength(3);
  });

  it('are not listed before a token was accepted', async () => {
    const { client } = await connect();
    await expect(client.audioTracks()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('are not distinguished without ffprobe, where the first is taken', async () => {
    const { client, open, listen } = await connect(film, { ffprobePath: null });
    await expect(open('remux', 0)).rejects.toMatchObject({ code: 'unsupported' });
    await open('remux');
    expect(await client.audioTracks()).toEqual([]);
    expect(Math.abs((await listen()).tone - 440)).toBeLessThanOrEqual(10);
  });

  it('are none in a silent film, nor in a file nobody can read, nor in one that has changed', async () => {
    const streams = createFilmStreamsReader(tools);
    const silent = await makeFilm('silent.mkv', ['-an'], []);
    expect(await streams.read(silent.shared, forever)).toMatchObject({ audioTracks: [], sounds: [] });
    const junk = await shareFile(Buffer.from('this is no film'));
    shared.push(junk);
    expect(await streams.read(junk.shared, forever)).toBeNull();
    const changed = { ...film.shared, isAvailable: async () => false };
    await expect(streams.read(changed, forever)).rejects.toThrow('has changed');
  });

  it('are read from the film once', async () => {
    const log = join(directory, 'probes');
    const counting = join(directory, 'counting-ffprobe');
    writeFileSync(counting, `#!/bin/sh\necho >> '${log}'\nexec '${ffmpeg.ffprobePath}' "$@"\n`, {
      mode: 0o755,
    });
    const streams = createFilmStreamsReader(async () => ({ ffmpegPath: ffmpeg.path, ffprobePath: counting }));
    const first = await streams.read(film.shared, forever);
    expect(await streams.read({ ...film.shared, path: '/moved' }, forever)).toEqual(first);
    expect(readFileSync(log, 'utf8')).toBe('\n');
  });
});
