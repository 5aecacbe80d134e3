import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { withoutPath } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import type { Program } from '../processes/program.ts';
import { RenditionError } from './rendition-error.ts';

/** How long FFmpeg may take to end before it is killed. */
const END_TIMEOUT_MS = 2_000;
/** How long FFmpeg may give nothing to a viewer who reads. */
const STALL_MS = 60_000;
/** Most of FFmpeg's complaints kept for the log, in characters. */
const MAX_COMPLAINT = 2_000;

/** Output in pieces; whatever there is, up to a whole piece, so that the first picture does not wait. */
export function readOutput(ffmpeg: Program, film: Pick<SharedContent, 'path'>) {
  const { stdout } = ffmpeg;
  let complaint = '';
  /** The first line, without the owner's folders. */
  const reason = () => withoutPath(complaint, film).trim().split('\n')[0] || 'no reason given';
  let failure: Error | null = null;
  let ended = false;
  let wake = () => {};
  const settle = () => {
    ended = true;
    wake();
  };
  ffmpeg.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text).slice(0, MAX_COMPLAINT);
  });
  stdout.on('readable', () => wake());
  stdout.on('error', settle);
  void ffmpeg.ended.then(({ code, signal, exceeded }) => {
    // A stream that breaks off must not pass for one that has ended.
    if (exceeded) failure ??= new RenditionError('the film took too long to convert');
    else if (code !== 0) failure ??= new RenditionError(`FFmpeg stopped (${signal ?? code}): ${reason()}`);
    settle();
  });

  const next = async (): Promise<Buffer | null> => {
    for (;;) {
      const waiting = Math.min(PIECE_SIZE, stdout.readableLength);
      const chunk: Buffer | null = waiting > 0 ? stdout.read(waiting) : stdout.read();
      if (chunk) return chunk;
      if (failure) throw failure;
      if (ended) return null;
      const stall = setTimeout(() => {
        failure ??= new RenditionError('FFmpeg makes no progress');
        ffmpeg.kill('SIGKILL');
      }, STALL_MS);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      clearTimeout(stall);
    }
  };
  return { next };
}

/** Ends FFmpeg, and resolves when it has ended. */
export async function endProgram(ffmpeg: Program): Promise<void> {
  if (ffmpeg.hasEnded()) return;
  ffmpeg.stdout.destroy();
  ffmpeg.kill('SIGTERM');
  const killed = setTimeout(() => ffmpeg.kill('SIGKILL'), END_TIMEOUT_MS);
  await ffmpeg.ended;
  clearTimeout(killed);
}
