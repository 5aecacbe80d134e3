import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { sidecarsOf } from '../../testing/library.ts';
import { inspectContainer } from '../containers/input.ts';
import { createDescriber } from './describe.ts';
import { probeWithFfprobe } from './ffprobe.ts';
import { probeFile } from './probe.ts';

const ffmpeg = requireFfmpeg();
const COVER_FIRST = fileURLToPath(new URL('../../../tests/media/corpus/cover-first.mp4', import.meta.url));

describe.skipIf(ffmpeg.skip)('the streams a film is described by', () => {
  const dir = mkdtempSync(join(tmpdir(), 'giggityflix-chosen-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const picture = (size: string, filters = 'null') => [
    ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=5:duration=1,${filters}`],
  ];
  const tone = (layout: string) => ['-f', 'lavfi', '-i', `sine=frequency=440:duration=1,pan=${layout}|c0=c0`];
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  const make = (name: string, ...args: string[]) => {
    execFileSync(ffmpeg.path, ['-y', '-v', 'error', ...args, join(dir, name)]);
    return name;
  };
  const describeFilm = async (name: string) => {
    const describer = createDescriber({ extractMetadata: true, ffprobePath: ffmpeg.ffprobePath });
    const { media } = await describer.describe({ dir, name, sidecars: sidecarsOf(dir, name) });
    return media;
  };
  /** What mediabunny and ffprobe say, each by itself. */
  const both = async (path: string) => {
    const handle = await open(path);
    try {
      const input = { handle, path, container: await inspectContainer(handle) };
      const probes = [await probeFile(input), await probeWithFfprobe(input, ffmpeg.ffprobePath)];
      return probes.map((probe) => {
        if (!probe || typeof probe === 'string') throw new Error(`${path}: ${probe}`);
        const { video, audio } = probe.chosen;
        const of = (kind: string) => probe.tracks.filter((track) => track.kind === kind);
        const seen = video === null ? null : of('VIDEO')[video];
        const heard = audio === null ? null : of('AUDIO')[audio];
        return [seen?.codec, seen?.width, seen?.height, heard?.codec, heard?.channels];
      });
    } finally {
      await handle.close();
    }
  };

  it('are the film and its sound, not its cover', async () => {
    for (const seen of await both(COVER_FIRST)) expect(seen).toEqual(['avc', 320, 180, 'ac3', 1]);
  });

  it('are shown in square pixels', async () => {
    const name = make('wide.mp4', ...picture('720x576', 'setsar=64/45'), ...h264);
    for (const seen of await both(join(dir, name))) expect(seen.slice(0, 3)).toEqual(['avc', 1024, 576]);
    const old = make('wide.mpg', ...picture('720x576', 'setsar=64/45'), '-c:v', 'mpeg2video');
    expect(await describeFilm(old)).toMatchObject({ videoCodec: 'mpeg2video', width: 1024, height: 576 });
    const tall = make('tall.mkv', ...picture('640x360', 'setsar=1/2'), ...h264);
    for (const seen of await both(join(dir, tall))) expect(seen.slice(0, 3)).toEqual(['avc', 640, 720]);
  });

  it('are shown as they are turned', async () => {
    make('flat.mp4', ...picture('320x180'), ...h264);
    const name = make('turned.mp4', '-i', join(dir, 'flat.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90');
    for (const seen of await both(join(dir, name))) expect(seen.slice(0, 3)).toEqual(['avc', 180, 320]);
  });

  it.each(['mkv', 'mp4'])('are heard without commentary in %s', async (extension) => {
    const name = make(
      `commented.${extension}`,
      ...[...picture('320x180'), ...tone('mono'), ...tone('stereo'), '-map', '0', '-map', '1', '-map', '2'],
      ...[...h264, '-c:a', 'aac', '-metadata:s:a:0', 'title=Commentary by the director'],
      ...['-metadata:s:a:0', 'handler_name=Commentary by the director', '-metadata:s:a:1', 'language=deu'],
      ...['-disposition:a:0', 'default+comment', '-disposition:a:1', '0'],
    );
    for (const seen of await both(join(dir, name))) expect(seen.slice(3)).toEqual(['aac', 2]);
    expect(await describeFilm(name)).toMatchObject({ audioCodec: 'aac', language: 'deu' });
  });
});
