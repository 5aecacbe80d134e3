import { inputArguments, type OpenableFilm, withMediaInput } from '../containers/input.ts';
import { FINGERPRINT_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

/** How much of an episode's beginning and end is listened to; less of a short one. */
const HEAD_SECONDS = 600;
const TAIL_SECONDS = 420;
/** At most so much of an episode is its beginning, or its end. */
const MAX_PART = 0.4;

/** The sound of an episode's beginning and end, as Chromaprint has it. */
export interface Fingerprint {
  head: Uint32Array;
  tail: Uint32Array;
  /** Where the end that was listened to begins. */
  tailStartSeconds: number;
}

/** Why a film has no fingerprint; `message` is for the log. */
export class FingerprintError extends Error {
  override readonly name = 'FingerprintError';
  /** Whether it is FFmpeg that lacks it, and not the film. */
  readonly isMissing: boolean;

  constructor(message: string, isMissing = false) {
    super(message);
    this.isMissing = isMissing;
  }
}

/** @throws FingerprintError, UnknownContainerError, ContentChangedError, ProgramError, the signal's reason */
export async function takeFingerprint(
  content: OpenableFilm & { durationSeconds: number },
  ffmpegPath: string,
  signal: AbortSignal,
): Promise<Fingerprint> {
  const { durationSeconds } = content;
  const head = Math.min(HEAD_SECONDS, durationSeconds * MAX_PART);
  const tail = Math.min(TAIL_SECONDS, durationSeconds * MAX_PART);
  const tailStartSeconds = durationSeconds - tail;
  const options = { ffmpegPath, signal };
  return {
    head: await listen(content, { startSeconds: 0, seconds: head }, options),
    tail: await listen(content, { startSeconds: tailStartSeconds, seconds: tail }, options),
    tailStartSeconds,
  };
}

function listen(
  content: OpenableFilm,
  { startSeconds, seconds }: { startSeconds: number; seconds: number },
  { ffmpegPath, signal }: { ffmpegPath: string; signal: AbortSignal },
): Promise<Uint32Array> {
  return withMediaInput(content, async (media) => {
    const { code, exceeded, stdout, stderr } = await runProgram(
      {
        path: ffmpegPath,
        args: [
          ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-ss', startSeconds.toFixed(3)],
          ...['-t', seconds.toFixed(3), ...inputArguments(media), '-map', '0:a:0', '-vn', '-sn', '-dn'],
          // Sound that begins late is late in the fingerprint too.
          ...['-af', 'aresample=11025:async=1:first_pts=0', '-ac', '1'],
          ...['-f', 'chromaprint', '-fp_format', 'raw', 'pipe:1'],
        ],
        fd: media.handle.fd,
        limits: FINGERPRINT_LIMITS,
        yields: true,
      },
      signal,
    );
    if (/chromaprint/.test(stderr) && /not a suitable output format|Unknown|not found/i.test(stderr))
      throw new FingerprintError('this FFmpeg cannot take fingerprints of sound', true);
    if (exceeded !== null) throw new FingerprintError(`FFmpeg used more ${exceeded} than it may`);
    if (code !== 0) throw new FingerprintError('FFmpeg can make nothing of the sound');
    const values = new Uint32Array(Math.floor(stdout.byteLength / 4));
    for (const index of values.keys()) values[index] = stdout.readUInt32LE(index * 4);
    return values;
  });
}
