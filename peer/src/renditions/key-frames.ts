import { inputArguments, withMediaInput } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

const PROBE_TIMEOUT_MS = 5_000;
/** How far back key frames are looked for; most films have one in this time. */
const REACH_SECONDS = 12;
/** Between a key frame and the frame before it. */
const STEP_SECONDS = 0.01;
/** So near to its beginning a film is read from there: some containers lose sound on the way to a place. */
const NEAR_SECONDS = 1;
/** Containers with an index of key frames, where FFmpeg finds the one before a place by itself. */
const INDEXED = new Set(['mp4', 'matroska', 'avi']);

export interface KeyFrameSearch {
  seconds: number;
  /** What the file's clock says when the film begins. */
  originSeconds: number;
  ffprobePath: string | null;
  /** ffprobe's name of the picture. */
  stream: string;
}

/**
 * Where FFmpeg has to look so that copying begins at the last key frame before a place: in files without an index it finds a
 * frame of any kind, and copying begins at the key frame after.
 */
export async function seekPlaceFor(
  content: SharedContent,
  { seconds, originSeconds, ffprobePath, stream }: KeyFrameSearch,
): Promise<number> {
  const reach = Math.max(0, seconds - REACH_SECONDS);
  if (!ffprobePath) return reach;
  try {
    return await withMediaInput(content, async (input) => {
      if (INDEXED.has(input.container.name)) return seconds;
      const from = (originSeconds + reach).toFixed(3);
      const to = (originSeconds + seconds).toFixed(3);
      const { code, stdout } = await runProgram({
        path: ffprobePath,
        args: [
          ...['-v', 'error', '-select_streams', stream, '-read_intervals', `${from}%${to}`],
          ...['-show_entries', 'packet=pts_time,dts_time,flags', '-of', 'csv=p=0', ...inputArguments(input)],
        ],
        fd: input.handle.fd,
        limits: { ...PROBE_LIMITS, wallMs: PROBE_TIMEOUT_MS },
      });
      if (code !== 0) return reach;
      let place = reach;
      for (const line of stdout.toString('latin1').split('\n')) {
        const [presented, decoded, flags = ''] = line.split(',');
        const at = Number(presented) - originSeconds;
        if (!flags.startsWith('K') || !(at <= seconds)) continue;
        place = Number.isFinite(Number(decoded)) ? Number(decoded) - originSeconds - STEP_SECONDS : at;
      }
      return place < NEAR_SECONDS ? 0 : place;
    });
  } catch {
    return reach;
  }
}
