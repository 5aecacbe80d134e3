import { inputArguments, withMediaInput } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';
import type { Timeline } from '../timeline/timeline.ts';

const PROBE_TIMEOUT_MS = 5_000;
/** What is read from a place on, to see whether the film ends there. */
const STRETCH_SECONDS = 600;
/** Looks into a film, halving where its end may be. */
const MAX_LOOKS = 16;
const EXACT_SECONDS = 1;

export interface EndSearch {
  /** Where the film should go on, and has nothing. */
  claimedSeconds: number;
  ffprobePath: string | null;
  timeline?: Timeline | null;
}

/** When the last of a film that is shorter than it says is over; null where nobody knows. */
export async function findEnd(
  content: SharedContent,
  { claimedSeconds, ffprobePath, timeline }: EndSearch,
): Promise<number | null> {
  if (!ffprobePath) return null;
  const origin = timeline?.originSeconds ?? 0;
  /** When what is held from a place on is over; null where there is nothing. */
  const endFrom = (seconds: number) =>
    withMediaInput(content, async (input) => {
      const from = (origin + seconds).toFixed(3);
      const { code, stdout } = await runProgram({
        path: ffprobePath,
        args: [
          ...['-v', 'error', '-read_intervals', `${from}%+${STRETCH_SECONDS}`],
          ...['-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0', ...inputArguments(input)],
        ],
        fd: input.handle.fd,
        limits: { ...PROBE_LIMITS, wallMs: PROBE_TIMEOUT_MS },
      });
      if (code !== 0) return null;
      let end: number | null = null;
      for (const line of stdout.toString('latin1').split('\n')) {
        const [presented = '', duration = ''] = line.split(',');
        const at = Number.parseFloat(presented) + (Number.parseFloat(duration) || 0) - origin;
        if (at > (end ?? 0)) end = at;
      }
      return end;
    });
  let held = 0;
  let missing = claimedSeconds;
  let at = claimedSeconds;
  try {
    for (let look = 0; look < MAX_LOOKS && missing - held > EXACT_SECONDS; look += 1) {
      const end = await endFrom(at);
      if (end === null) missing = at;
      else if (end < at + STRETCH_SECONDS - EXACT_SECONDS) return end;
      else held = end;
      at = (held + missing) / 2;
    }
  } catch {
    return null;
  }
  return held > 0 ? held : null;
}
