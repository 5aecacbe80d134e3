import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';

export const FILM_SECONDS = 120;
const BITS_PER_SECOND = 4_000_000;

/**
 * A film of the rate of one in 720 lines, as a peer shares it: more than a player fetches by itself, so that most seeks go to what is not
 * here. A key frame every two seconds, as usual.
 *
 * @throws without FFmpeg.
 */
export function makeFilm(directory: string): { path: string; bytes: Buffer } {
  const { skip, path: ffmpeg } = requireFfmpeg();
  if (skip) throw new Error(String(skip));
  const path = join(directory, 'film.mp4');
  const rate = `${BITS_PER_SECOND}`;
  const source = `testsrc2=size=640x360:rate=24:duration=${FILM_SECONDS},noise=alls=20:allf=t`;
  execFileSync(ffmpeg, [
    ...['-v', 'error', '-f', 'lavfi', '-i', source],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${FILM_SECONDS}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '48'],
    ...['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate],
    ...['-c:a', 'aac', '-movflags', '+faststart', '-shortest', path],
  ]);
  return { path, bytes: readFileSync(path) };
}
