import { inputArguments, withMediaInput } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

const PROBE_TIMEOUT_MS = 5_000;

/** Where copying from `seconds` on really begins: at the key frame before it. */
export async function keyFrameBefore(
  content: SharedContent,
  seconds: number,
  ffprobePath: string | null,
): Promise<number> {
  if (!ffprobePath) return seconds;
  const args = [
    ...['-v', 'error', '-select_streams', 'v:0', '-read_intervals', `${seconds.toFixed(3)}%+#1`],
    ...['-show_entries', 'packet=pts_time', '-of', 'csv=p=0'],
  ];
  try {
    const { code, stdout } = await withMediaInput(content, (input) =>
      runProgram({
        path: ffprobePath,
        args: [...args, ...inputArguments(input)],
        fd: input.handle.fd,
        limits: { ...PROBE_LIMITS, wallMs: PROBE_TIMEOUT_MS },
      }),
    );
    const found = code === 0 ? Number.parseFloat(stdout.toString('latin1')) : Number.NaN;
    return Number.isFinite(found) && found >= 0 && found <= seconds ? found : seconds;
  } catch {
    return seconds;
  }
}
