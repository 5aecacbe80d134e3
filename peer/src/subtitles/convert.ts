import { spawn } from 'node:child_process';
import { MAX_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';
import { SubtitleError } from './text.ts';

/** A track within a film is spread over all of it: a large file on a slow disk takes minutes to read. */
const TIMEOUT_MS = 180_000;

/** What FFmpeg reads: a track of a file, or text of a format. */
export type SubtitleInput = { path: string; index: number } | { text: string; format: string };

/**
 * Makes subtitles into WebVTT with FFmpeg.
 *
 * @throws SubtitleError, the signal's reason; FFmpeg has ended by then.
 */
export function convertToWebVtt(
  input: SubtitleInput,
  ffmpegPath: string,
  signal: AbortSignal,
): Promise<string> {
  const isFile = 'path' in input;
  const source = isFile
    ? ['-protocol_whitelist', 'file', '-i', `file:${input.path}`, '-map', `0:${input.index}`]
    : ['-protocol_whitelist', 'pipe', '-f', input.format, '-i', 'pipe:0'];
  const ffmpeg = spawn(
    ffmpegPath,
    ['-hide_banner', '-loglevel', 'error', ...source, '-f', 'webvtt', 'pipe:1'],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const parts: Buffer[] = [];
  let bytes = 0;
  let failure: unknown = null;
  const give = (error: unknown) => {
    failure ??= error;
    ffmpeg.kill('SIGKILL');
  };
  const abort = () => give(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const timer = setTimeout(() => give(new SubtitleError('the subtitles took too long to read')), TIMEOUT_MS);
  ffmpeg.stdout.on('data', (part: Buffer) => {
    bytes += part.byteLength;
    if (bytes > MAX_SUBTITLE_BYTES) give(new SubtitleError('the subtitles are too long'));
    else parts.push(part);
  });
  // FFmpeg may end before it has read everything.
  ffmpeg.stdin.on('error', () => {});
  ffmpeg.stdin.end(isFile ? undefined : input.text);
  return new Promise((resolve, reject) => {
    ffmpeg.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= new SubtitleError(
        error.code === 'ENOENT' ? 'this peer has no FFmpeg to convert subtitles with' : error.message,
      );
    });
    ffmpeg.on('close', (code) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (failure) reject(failure);
      else if (code !== 0) reject(new SubtitleError('FFmpeg can do nothing with the subtitles'));
      else resolve(Buffer.concat(parts).toString('utf8'));
    });
  });
}
