import { spawn } from 'node:child_process';
import { yieldToOtherPrograms } from '../ffmpeg/priority.ts';

/** One frame of a film on a slow disk takes a second or two. */
const TIMEOUT_MS = 30_000;
/** What the edge takes as artwork. */
export const MAX_PICTURE_BYTES = 384 * 1_024;
export const PICTURE_WIDTH = 480;

/**
 * Takes one frame as a JPEG {@link PICTURE_WIDTH} pixels wide.
 *
 * @throws Error with FFmpeg's words when there is no frame.
 */
export function captureFrame(ffmpeg: string, path: string, atSeconds: number): Promise<Buffer> {
  const args = [
    ...['-nostdin', '-v', 'error', '-threads', '1', '-ss', atSeconds.toFixed(3), '-i', `file:${path}`],
    ...['-an', '-sn', '-frames:v', '1', '-vf', `scale=${PICTURE_WIDTH}:-2`, '-q:v', '5'],
    ...['-f', 'mjpeg', 'pipe:1'],
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
    yieldToOtherPrograms(child.pid);
    const chunks: Buffer[] = [];
    let size = 0;
    let words = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_PICTURE_BYTES) child.kill();
      else chunks.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-500);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (size > MAX_PICTURE_BYTES) reject(new Error('the picture is too large'));
      else if (code === 0 && size > 0) resolve(Buffer.concat(chunks));
      else reject(new Error(words.trim() || `there is no frame at ${atSeconds.toFixed(1)} s`));
    });
  });
}

/** Width and height in a JPEG's frame header; null when it has none. */
export function jpegSize(data: Buffer): { width: number; height: number } | null {
  let at = 2;
  while (at + 9 < data.length && data[at] === 0xff) {
    const marker = data[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: data.readUInt16BE(at + 5), width: data.readUInt16BE(at + 7) };
    at += 2 + data.readUInt16BE(at + 2);
  }
  return null;
}
