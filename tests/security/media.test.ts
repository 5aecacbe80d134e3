import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLibrary } from '../../peer/src/library/library.ts';
import { openFFmpegRendition } from '../../peer/src/renditions/rendition.ffmpeg.ts';
import { UNKNOWN_PICTURE } from '../../peer/src/renditions/streams/picture-source.ts';
import { createScreenshots } from '../../peer/src/screenshots/screenshots.ts';
import { silent, startPeer, temporaryDir, testConfig } from '../../peer/testing/harness.ts';
import { shareFile } from '../../peer/testing/streaming.ts';
import { writeTinyFilm } from '../../peer/testing/tiny-film.ts';

const ffmpeg = requireFfmpeg();
const EXTENSIONS = ['.avi', '.mp4', '.ts', '.mkv'];

/** Texts that have FFmpeg open another file or address, as small as they get. */
const attacks = (target: string): Record<string, string> => ({
  hls: `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${target}\n#EXT-X-ENDLIST\n`,
  dash: `<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  concat: `ffconcat version 1.0\nfile '${target}'\n`,
  playlist: `[playlist]\nFile1=${target}\n`,
  sdp: `v=0\nc=IN IP4 127.0.0.1\na=control:${target}\nm=video 5004 RTP/AVP 96\n`,
});

/** What the index of a daemon that scanned a folder says of its files. */
async function scan(dir: string, overrides: Record<string, string> = {}) {
  const config = testConfig(dir, {
    EXTRACT_METADATA: 'true',
    INCLUDE_EXTENSIONS: EXTENSIONS.join(','),
    ...overrides,
  });
  const peer = await startPeer(config);
  await expect.poll(() => peer.status().library.pending.files + peer.status().library.settling.files).toBe(0);
  await expect.poll(() => peer.status().scan.last).not.toBeNull();
  await expect.poll(() => peer.status().scan.hashing + peer.status().scan.settling).toBe(0);
  const library = openLibrary(join(config.peer.dataDir, 'index.sqlite'));
  onTestFinished(() => library.close());
  return library.list({ limit: 1_000 });
}

/** A FIFO that nobody may open for reading; `wasOpened` waits for nothing. */
function privatePipe() {
  const path = join(temporaryDir(), 'private.mp4');
  execFileSync('mkfifo', [path]);
  return path;
}

/** An address that counts who calls. */
async function listener() {
  const calls: string[] = [];
  const server = createServer((socket) => {
    calls.push('called');
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { calls, url: `http://127.0.0.1:${(server.address() as { port: number }).port}/film.ts` };
}

/** A film outside the shared folders that would be published if anything opened it. */
async function privateFilm(): Promise<string> {
  const path = join(temporaryDir(), 'private.mp4');
  await writeTinyFilm(path, { format: 'mp4', fastStart: true });
  return path;
}

describe('a text that names another film', () => {
  it.each([{ inside: 'true' }, { inside: 'false' }])(
    'is not shared under any name, and nothing it names is opened (EXTRACT_METADATA=$inside)',
    async ({ inside }) => {
      const dir = temporaryDir();
      const media = join(dir, 'media');
      mkdirSync(media);
      const { calls, url } = await listener();
      const film = await privateFilm();
      for (const [target, kind] of [
        [`file://${film}`, 'file'],
        [url, 'http'],
      ] as const)
        for (const [name, text] of Object.entries(attacks(target)))
          for (const extension of EXTENSIONS) writeFileSync(join(media, `${name}-${kind}${extension}`), text);
      const files = await scan(dir, { EXTRACT_METADATA: inside });
      expect(files).toHaveLength(40);
      for (const file of files)
        expect(file).toMatchObject({
          state: 'rejected',
          reason: expect.stringContaining('none of the containers that this peer opens'),
        });
      expect(calls).toEqual([]);
    },
  );

  it.skipIf(ffmpeg.skip)('reaches no program either when it took the place of a film', async () => {
    const pipe = privatePipe();
    for (const text of Object.values(attacks(`file://${pipe}`))) {
      const shared = await shareFile(Buffer.from(text), { durationSeconds: 10 });
      onTestFinished(() => shared.remove());
      const screenshots = createScreenshots(
        { ffmpegPath: ffmpeg.path, dataDir: temporaryDir(), cacheBytes: 1e6 },
        { content: shared.source, logger: silent },
      );
      await expect(screenshots.capture(shared.catalogId, 1)).rejects.toThrow('no container');
      const options = {
        ffmpegPath: ffmpeg.path,
        ffprobePath: ffmpeg.ffprobePath,
        picture: { kind: 'encode', source: UNKNOWN_PICTURE, maxHeight: 1_080 },
        audio: null,
      } as const;
      const request = { rendition: 'transcode', startSeconds: 0 } as const;
      await expect(
        openFFmpegRendition(shared.shared, request, options, AbortSignal.timeout(20_000)),
      ).rejects.toThrow('no container');
    }
  });

  it.skipIf(ffmpeg.skip)('is nothing behind the head of a container', async () => {
    const { calls, url } = await listener();
    const dir = temporaryDir();
    mkdirSync(join(dir, 'media'));
    const film = await privateFilm();
    for (const [index, head] of ['RIFF\0\0\0\0AVI \n', '\0\0\0\x08free', 'OggS\0\0\0\0\0\0\0\0\n'].entries())
      for (const target of [url, `file://${film}`])
        writeFileSync(
          join(dir, 'media', `${index}${target.length}.avi`),
          head + attacks(target).hls!.padEnd(4_000, '\n'),
          'latin1',
        );
    const files = await scan(dir);
    expect(files.length).toBe(6);
    expect(calls).toEqual([]);
    for (const { state } of files) expect(state).toBe('rejected');
  });
});

describe('what is no regular file of the folder', () => {
  it('is neither opened nor shared: pipes, links out, devices', async () => {
    const dir = temporaryDir();
    const media = join(dir, 'media');
    mkdirSync(media);
    execFileSync('mkfifo', [join(media, 'pipe.mp4')]);
    symlinkSync(await privateFilm(), join(media, 'link.mp4'));
    symlinkSync('/dev/zero', join(media, 'zero.mp4'));
    await writeTinyFilm(join(media, 'film.mp4'), { format: 'mp4' });
    const files = await scan(dir);
    expect(files.map(({ name, state }) => [name, state])).toEqual([['film.mp4', 'shared']]);
  });

  it('is not opened either when it took the place of a film since', async () => {
    const { openInside, openInsideSync } = await import('../../peer/src/files/open-inside.ts');
    const dir = temporaryDir();
    const path = join(dir, 'shelf', 'film.mp4');
    mkdirSync(join(dir, 'shelf'));
    const outside = temporaryDir();
    writeFileSync(join(outside, 'film.mp4'), 'private');
    const refused = async (message: RegExp) => {
      await expect(openInside(path, [dir])).rejects.toThrow(message);
      expect(() => openInsideSync(path, [dir])).toThrow(message);
      rmSync(path, { force: true });
    };
    execFileSync('mkfifo', [path]);
    await refused(/not a regular file/);
    symlinkSync('/dev/zero', path);
    await refused(/out of the media folders/);
    symlinkSync(join(outside, 'film.mp4'), path);
    await refused(/out of the media folders/);
    mkdirSync(path);
    await expect(openInside(path, [dir])).rejects.toThrow('not a regular file');
    // A folder in between is exchanged, too.
    rmSync(join(dir, 'shelf'), { recursive: true });
    symlinkSync(outside, join(dir, 'shelf'));
    await expect(openInside(path, [dir])).rejects.toThrow('out of the media folders');
    expect(() => openInsideSync(path, [dir])).toThrow('out of the media folders');
    rmSync(join(dir, 'shelf'));
    expect(existsSync(join(outside, 'film.mp4'))).toBe(true);
  });

  it('the name of a film is no option, pattern or protocol', async () => {
    const dir = temporaryDir();
    const media = join(dir, 'media');
    mkdirSync(media);
    for (const name of ['-i.mp4', 'film%03d.mp4', 'subfile,,start,0,end,0,,:x.mp4', 'concat:a|b.mp4'])
      await writeTinyFilm(join(media, name), { format: 'mp4' });
    const files = await scan(dir);
    expect(files.map(({ state }) => state)).toEqual(['shared', 'shared', 'shared', 'shared']);
    expect(readdirSync(media)).toHaveLength(4);
  });
});
