import { execFileSync } from 'node:child_process';
import { requireFfmpeg } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { readCodecs } from './mp4-codecs.ts';

const ffmpeg = requireFfmpeg();

describe('the codecs of an MP4 file', () => {
  describe.skipIf(ffmpeg.skip)('made by FFmpeg', () => {
    it.each([
      [
        'H.264 and AAC',
        ['libx264', '-profile:v', 'high', '-level', '4.0', '-pix_fmt', 'yuv420p'],
        'aac',
        ['avc1.640028', 'mp4a.40.2'],
      ],
      ['VP9 and Opus', ['libvpx-vp9', '-pix_fmt', 'yuv420p'], 'libopus', [/^vp09\.00\.\d\d\.08$/, 'opus']],
      [
        'HEVC and MP3',
        ['libx265', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1'],
        'libmp3lame',
        [/^hvc1\.1\.6\.L\d+\.90$/, 'mp4a.6b'],
      ],
      [
        'AV1 and FLAC',
        ['libaom-av1', '-cpu-used', '8', '-pix_fmt', 'yuv420p'],
        'flac',
        [/^av01\.0\.\d\dM\.08$/, 'flac'],
      ],
    ])('%s', (_what, video, audio, expected) => {
      const film = execFileSync(ffmpeg.path, [
        ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=160x90:rate=10:duration=0.5'],
        ...[
          '-f',
          'lavfi',
          '-i',
          'sine=duration=0.5:sample_rate=48000',
          '-c:v',
          ...video,
          '-c:a',
          audio,
          '-strict',
          '-2',
        ],
        ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4', 'pipe:1'],
      ]);
      const codecs = readCodecs(film);
      expect(codecs).toEqual(
        expected.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))),
      );
    });
  });

  it.each([
    [Buffer.alloc(0)],
    [Buffer.alloc(100)],
    [Buffer.from('ffffffff6d6f6f76', 'hex')],
    [Buffer.from('not a film at all')],
  ])('are none in other bytes', (bytes) => {
    expect(readCodecs(bytes)).toEqual([]);
  });
});
