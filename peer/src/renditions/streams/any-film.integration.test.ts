import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { shareFile } from '../../../testing/streaming.ts';
import type { RenditionRequest } from '../rendition.ts';
import { createRenditionOpener } from '../rendition-opener.ts';

const ffmpeg = requireFfmpeg();
const COVER_FIRST = fileURLToPath(new URL('../../../../tests/media/corpus/cover-first.mp4', import.meta.url));
const SECONDS = 2;

/** What ffprobe says of a rendition. */
interface Made {
  rendition: string;
  mimeType: string;
  audioChannels: number | null | undefined;
  video?: Record<string, unknown>;
  audio?: Record<string, unknown>;
  seconds: number;
  path: string;
}

/** FFmpeg makes the films here; what comes of them is looked at with ffprobe. */
describe.skipIf(ffmpeg.skip)('any film people have, in another form', () => {
  const dir = mkdtempSync(join(tmpdir(), 'giggityflix-any-'));
  const opener = createRenditionOpener({
    tools: async () => ({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath }),
    maxConverting: 4,
  });
  const signal = new AbortController().signal;
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const picture = (size = '320x180', filters = 'null') => [
    ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=${SECONDS},${filters}`],
  ];
  const tone = (channels = 'c0=c0', layout = 'mono') => [
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${SECONDS},pan=${layout}|${channels}`],
  ];
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  const make = (name: string, ...args: string[]) => {
    const path = join(dir, name);
    execFileSync(ffmpeg.path, ['-y', '-v', 'error', ...args, path]);
    return path;
  };
  let count = 0;
  /** Makes a rendition of a file of which the index knows no more than its name. */
  const render = async (
    path: string,
    rendition: 'remux' | 'transcode',
    more: Partial<RenditionRequest> = {},
  ): Promise<Made> => {
    const film = await shareFile(readFileSync(path), { durationSeconds: SECONDS });
    const viewer = opener.forViewer(null);
    const opened = await viewer.open(film.shared, { rendition, startSeconds: 0, ...more }, signal);
    if ('error' in opened) throw new Error(opened.message);
    const parts: Uint8Array[] = [];
    for (let piece = await opened.read(0, signal); piece; piece = await opened.read(parts.length, signal))
      parts.push(piece.data);
    await opened.close();
    viewer.release();
    await film.remove();
    const made = join(dir, `made-${count++}.mp4`);
    writeFileSync(made, Buffer.concat(parts));
    const { streams, format } = JSON.parse(
      execFileSync(ffmpeg.ffprobePath, [
        ...['-v', 'error', '-show_streams', '-show_format', '-of', 'json', made],
      ]).toString(),
    );
    // Decoded without a complaint from its beginning to its end.
    const complaints = execFileSync(ffmpeg.path, ['-v', 'warning', '-i', made, '-f', 'null', '-'], {
      encoding: 'utf8',
    });
    expect(complaints).toBe('');
    const { mimeType, audioChannels } = opened;
    return {
      rendition: opened.rendition,
      mimeType,
      audioChannels,
      video: streams.find(({ codec_type }: { codec_type: string }) => codec_type === 'video'),
      audio: streams.find(({ codec_type }: { codec_type: string }) => codec_type === 'audio'),
      seconds: Number(format.duration),
      path: made,
    };
  };
  /** The differences between the lines of a frame: large where it is combed. */
  const combs = (path: string) => {
    const [width, height] = [320, 180];
    const frame = execFileSync(
      ffmpeg.path,
      [
        ...['-v', 'error', '-ss', '1', '-i', path, '-frames:v', '1', '-vf', `scale=${width}:${height}`],
        ...['-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
      ],
      { maxBuffer: 1e8 },
    );
    let sum = 0;
    for (let y = 1; y < height - 1; y += 1)
      for (let x = 0; x < width; x += 1) {
        const at = y * width + x;
        const [above, here, below] = [frame[at - width]!, frame[at]!, frame[at + width]!];
        if ((here - above) * (here - below) > 0)
          sum += Math.min(Math.abs(here - above), Math.abs(here - below));
      }
    return sum / (width * height);
  };

  it('has the film and its sound, not its cover', async () => {
    for (const rendition of ['remux', 'transcode'] as const) {
      const made = await render(COVER_FIRST, rendition);
      expect(made.video).toMatchObject({ codec_name: 'h264', width: 320, height: 180 });
      expect(made.audio).toMatchObject({ codec_name: 'aac', channels: 1 });
      expect(made.audioChannels).toBe(1);
    }
  });

  it.each(['mkv', 'mp4', 'wmv'])('has no cover picture in %s, wherever that is', async (extension) => {
    const cover = make('cover.jpg', ...picture('100x150'), '-frames:v', '1');
    const codecs =
      extension === 'wmv' ? ['-c:v:1', 'wmv2', '-c:a', 'wmav2'] : ['-c:v:1', 'libx264', '-c:a', 'aac'];
    const film = make(
      `covered.${extension}`,
      ...['-i', cover, ...picture(), ...tone(), '-map', '0', '-map', '1', '-map', '2', '-c:v:0', 'copy'],
      ...[...codecs, '-pix_fmt:v:1', 'yuv420p', '-disposition:v:0', 'attached_pic', '-t', String(SECONDS)],
    );
    const made = await render(film, 'remux');
    expect(made.video).toMatchObject({ codec_name: 'h264', width: 320, height: 180 });
    expect(made.audio).toMatchObject({ codec_name: 'aac' });
  });

  it('is sound alone where there is no picture but a cover', async () => {
    const cover = make('album.jpg', ...picture('100x150'), '-frames:v', '1');
    const song = make(
      'song.mp3',
      ...['-i', cover, ...tone('c0=c0|c1=c0', 'stereo'), '-map', '1', '-map', '0', '-c:v', 'copy'],
      ...['-disposition:v:0', 'attached_pic'],
    );
    const made = await render(song, 'remux');
    expect(made.video).toBeUndefined();
    expect(made.mimeType).toBe('video/mp4; codecs="mp4a.6b"');
    const made2 = await render(make('song.mka', ...tone(), '-c:a', 'ac3'), 'transcode');
    expect([made2.video, made2.audio]).toMatchObject([undefined, { codec_name: 'aac', channels: 1 }]);
  });

  it('is whole pictures where it was interlaced', async () => {
    const moving = 'scroll=horizontal=0.02,interlace=scan=tff,setfield=tff';
    const size = ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=50:duration=${SECONDS},${moving}`];
    const film = make('interlaced.mpg', ...size, '-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-q:v', '2');
    const made = await render(film, 'transcode');
    expect(combs(film)).toBeGreaterThan(2);
    expect(combs(made.path)).toBeLessThan(combs(film) / 3);
    expect(made.video).toMatchObject({ field_order: 'progressive' });
  });

  it.each([
    ['PQ', 'smpte2084'],
    ['HLG', 'arib-std-b67'],
  ])(
    'has the colours of usual screens where it was HDR (%s), and keeps and names its own as a copy',
    async (_name, transfer) => {
      const params = `log-level=error:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`;
      const film = make(
        `${transfer}.mkv`,
        ...[...picture('640x360', 'format=yuv420p10le'), '-c:v', 'libx265', '-preset', 'ultrafast'],
        ...['-x265-params', params, '-color_primaries', 'bt2020', '-color_trc', transfer],
        ...['-colorspace', 'bt2020nc'],
      );
      const mapped = await render(film, 'transcode');
      expect(mapped.video).toMatchObject({
        codec_name: 'h264',
        pix_fmt: 'yuv420p',
        color_transfer: 'bt709',
        color_primaries: 'bt709',
        color_space: 'bt709',
      });
      const copied = await render(film, 'remux');
      expect(copied.video).toMatchObject({
        codec_name: 'hevc',
        codec_tag_string: 'hvc1',
        pix_fmt: 'yuv420p10le',
        color_transfer: transfer,
        color_primaries: 'bt2020',
        color_space: 'bt2020nc',
      });
      expect(copied.mimeType).toMatch(/hvc1\.2\.4\.L/);
      expect(readFileSync(copied.path).includes('colr')).toBe(true);
    },
  );

  it("says that its colours are high definition's, having made them so", async () => {
    const film = make('sd.mpg', ...picture('352x288'), '-c:v', 'mpeg2video', '-colorspace', 'smpte170m');
    expect((await render(film, 'transcode')).video).toMatchObject({
      color_space: 'bt709',
      color_range: 'tv',
    });
    const full = make('full.mkv', ...picture(), '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p');
    expect((await render(full, 'transcode')).video).toMatchObject({ color_range: 'tv', pix_fmt: 'yuv420p' });
  });

  it('is as wide as it is to be shown', async () => {
    const film = make('wide.mkv', ...picture('720x576', 'setsar=64/45'), ...h264);
    expect((await render(film, 'transcode')).video).toMatchObject({
      width: 1024,
      height: 576,
      sample_aspect_ratio: '1:1',
    });
    expect((await render(film, 'transcode', { maxHeight: 360 })).video).toMatchObject({
      width: 640,
      height: 360,
    });
    expect((await render(film, 'remux')).video).toMatchObject({ width: 720, sample_aspect_ratio: '64:45' });
  });

  it('stands as its maker turned it', async () => {
    make('flat.mp4', ...picture(), ...h264);
    const film = make('turned.mp4', '-i', join(dir, 'flat.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90');
    const made = await render(film, 'transcode');
    expect(made.video).toMatchObject({ width: 180, height: 320 });
    expect(made.video).not.toHaveProperty('side_data_list');
    const copied = await render(film, 'remux');
    expect(copied.video).toMatchObject({ width: 320, height: 180, side_data_list: [{ rotation: 90 }] });
  });

  it.each([
    ['AC-3', 'ac3'],
    ['DTS', 'dca'],
  ])('keeps surround sound in %s where the device has it', async (_name, codec) => {
    const layout = ['c0=c0', 'c1=c0', 'c2=c0', 'c3=c0', 'c4=c0', 'c5=c0'].join('|');
    const film = make(
      `${codec}.mkv`,
      ...[...picture(), ...tone(layout, '5.1'), ...h264, '-c:a', codec, '-strict', '-2'],
    );
    for (const rendition of ['remux', 'transcode'] as const) {
      expect((await render(film, rendition)).audio).toMatchObject({ codec_name: 'aac', channels: 2 });
      const surround = await render(film, rendition, { audioChannels: 6 });
      expect(surround.audio).toMatchObject({ codec_name: 'aac', channels: 6, channel_layout: '5.1' });
      expect(surround.audioChannels).toBe(6);
    }
  });

  it.each<[string, string[], Record<string, unknown>]>([
    ['odd numbers of lines', [...picture('321x181'), '-c:v', 'ffv1'], { width: 320, height: 180 }],
    ['4:2:2', [...picture('320x180', 'format=yuv422p10le'), '-c:v', 'prores_ks'], {}],
    ['4:4:4', [...picture('320x180', 'format=yuv444p'), '-c:v', 'ffv1'], {}],
    ['grey', [...picture('320x180', 'format=gray'), '-c:v', 'ffv1'], {}],
    ['RGB', [...picture('320x180', 'format=gbrp'), '-c:v', 'ffv1'], {}],
    ['a palette', [...picture('320x180', 'format=pal8'), '-c:v', 'png'], {}],
    ['transparency', [...picture('320x180', 'format=yuva420p'), '-c:v', 'ffv1'], {}],
    ['16 bits', [...picture('320x180', 'format=rgb48le'), '-c:v', 'png'], {}],
    ['a speck', [...picture('2x2'), '-c:v', 'ffv1'], { width: 2, height: 2 }],
    ['a point', [...picture('2x2', 'format=gbrp,crop=1:1'), '-c:v', 'ffv1'], { width: 2, height: 2 }],
    ['hardly a picture', [...picture('16x8'), '-c:v', 'ffv1'], { width: 16, height: 8 }],
    ['a column', [...picture('20x1400'), '-c:v', 'ffv1'], { height: 1_080 }],
    ['a beam', [...picture('5120x32'), '-c:v', 'ffv1'], { width: 3_840, height: 24 }],
  ])('is playable made of %s', async (name, args, expected) => {
    const film = make(`${name.replaceAll(/\W/g, '-')}.mkv`, ...args);
    const { video } = await render(film, 'transcode');
    expect(video).toMatchObject({ codec_name: 'h264', pix_fmt: 'yuv420p', ...expected });
  });

  it.each<[string, string[], Record<string, unknown>]>([
    ['mono', [...tone(), '-c:a', 'pcm_s16le'], { channels: 1, sample_rate: '44100' }],
    [
      '7.1',
      [...tone('c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0|c7=c0', '7.1'), '-c:a', 'flac'],
      { channels: 2 },
    ],
    ['8 kHz', [...tone(), '-ar', '8000', '-c:a', 'pcm_mulaw'], { sample_rate: '48000' }],
    ['192 kHz', [...tone(), '-ar', '192000', '-c:a', 'pcm_s24le'], { sample_rate: '48000' }],
  ])('is heard made of %s', async (name, args, expected) => {
    const film = make(`sound-${name.replaceAll(/\W/g, '-')}.mkv`, ...picture(), ...args, ...h264);
    const { audio, video } = await render(film, 'transcode');
    expect(audio).toMatchObject({ codec_name: 'aac', ...expected });
    expect(video).toMatchObject({ codec_name: 'h264' });
  });

  it('is silent where the film is, and says so', async () => {
    const made = await render(make('silent.mkv', ...picture(), ...h264), 'remux');
    expect([made.audio, made.audioChannels]).toEqual([undefined, 0]);
  });

  it('is refused with a reason where the picture is of a kind nobody knows', async () => {
    const path = make('foreign.mkv', ...picture(), ...tone(), ...h264);
    const bytes = readFileSync(path);
    const at = bytes.indexOf('V_MPEG4/ISO/AVC');
    bytes.write('V_NONSENSE/9999', at, 'latin1');
    writeFileSync(path, bytes);
    for (const rendition of ['remux', 'transcode'] as const)
      await expect(render(path, rendition)).rejects.toThrow(/FFmpeg|decoder|Decoder/);
  });

  it('is not stretched by pixels of a shape that cannot be', async () => {
    const film = make('stretched.mkv', ...picture('320x180', 'setsar=1000/1'), ...h264);
    expect((await render(film, 'transcode')).video).toMatchObject({ width: 320, height: 180 });
  });

  it('goes as far as a file does that is cut off', async () => {
    const path = make('cut.mkv', ...picture(), ...tone(), ...h264, '-g', '5');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length / 2));
    const made = await render(path, 'transcode');
    expect(made.seconds).toBeGreaterThan(0.2);
    expect(made.seconds).toBeLessThan(SECONDS);
  });

  it('is refused with a reason where there is neither', async () => {
    const text = join(dir, 'text.srt');
    writeFileSync(text, '1\n00:00:00,000 --> 00:00:02,000\nHello\n');
    for (const rendition of ['remux', 'transcode'] as const)
      await expect(render(make('text.mkv', '-i', text), rendition)).rejects.toThrow('neither');
  });
});
