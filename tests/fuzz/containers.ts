import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import fc from 'fast-check';
import { createDescriber, UnplayableError } from '../../peer/src/metadata/describe.ts';
import { writeTinyFilm } from '../../peer/testing/tiny-film.ts';
import { expectThat, type FuzzTarget, fromHex, mutations } from './target.ts';

const HEADS = [
  'RIFF\x40\0\0\0AVI LIST\x20\0\0\0',
  'OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0',
  'fLaC\0\0\0\x22',
  'ID3\x04\0\0\0\0\0\x0a',
  'FLV\x01\x05\0\0\0\x09\0\0\0\0',
  '#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n',
].map((text) => Buffer.from(text, 'latin1'));

/** A file in a media folder: described, or refused with an UnplayableError, by programs with their real limits. */
export default async function containers(): Promise<
  FuzzTarget<{ bytes: string; name: string; probed: boolean }>
> {
  const ffmpeg = requireFfmpeg();
  const dir = mkdtempSync(join(tmpdir(), 'fuzz-containers-'));
  const samples = [...HEADS, Buffer.concat(Array.from({ length: 9 }, packet))];
  for (const format of ['mp4', 'mkv'] as const)
    for (const fastStart of [false, true]) {
      const path = join(dir, `sample.${format}`);
      await writeTinyFilm(path, { format, fastStart, seconds: 1 });
      samples.push(readFileSync(path));
      rmSync(path);
    }
  const shallow = createDescriber({ extractMetadata: true, ffprobePath: '/nonexistent/ffprobe' });
  const deep = createDescriber({ extractMetadata: true, ffprobePath: ffmpeg.ffprobePath });
  return {
    inputs: fc.record({
      bytes: mutations(samples),
      name: fc.constantFrom('film.mp4', 'film.mkv', 'film.avi', 'film.ts', '-i.mp4', 'film%d.mov'),
      // ffprobe takes twenty times as long as the rest.
      probed: ffmpeg.skip ? fc.constant(false) : fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
    }),
    async run({ bytes, name, probed }) {
      const path = join(dir, name);
      writeFileSync(path, fromHex(bytes));
      try {
        const { media } = await (probed ? deep : shallow).describe({ dir, name, sidecars: '' });
        expectThat(media.durationSeconds === null || media.durationSeconds > 0, 'the duration is none');
      } catch (error) {
        if (!(error instanceof UnplayableError)) throw error;
      } finally {
        rmSync(path);
      }
    },
    stop: async () => rmSync(dir, { recursive: true }),
  };
}

function packet(): Buffer {
  const bytes = Buffer.alloc(188, 0xff);
  bytes.set([0x47, 0x40, 0, 0x10, 0]);
  return bytes;
}
