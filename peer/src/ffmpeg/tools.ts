import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

/** How long a program may take to print its version, in milliseconds: the first start from a slow disk takes a while. */
const START_MS = 30_000;

/** How long a program that was not there is taken to be missing: it may be installed while the daemon runs. */
const MISSING_MS = 60_000;

/** Whether FFmpeg or ffprobe can be run. */
export async function canRun(path: string): Promise<boolean> {
  const limits = { ...PROBE_LIMITS, wallMs: START_MS };
  return runProgram({ path, args: ['-version'], limits }).then(
    ({ code }) => code === 0,
    () => false,
  );
}

/** Programs that can be run; null for one that is not there. */
export interface FFmpegTools {
  ffmpegPath: string | null;
  ffprobePath: string | null;
}

/** Looks for the programs when they are first needed, since to try one that is missing for every viewer costs time. */
export function createFFmpegTools(configured: Partial<FFmpegTools>): () => Promise<FFmpegTools> {
  const ffmpeg = createFinder(configured.ffmpegPath ?? null);
  const ffprobe = createFinder(configured.ffprobePath ?? null);
  return async () => {
    const [ffmpegPath, ffprobePath] = await Promise.all([ffmpeg(), ffprobe()]);
    return { ffmpegPath, ffprobePath };
  };
}

function createFinder(path: string | null): () => Promise<string | null> {
  let found: Promise<boolean> | null = null;
  let missingSince = Number.NEGATIVE_INFINITY;
  return async () => {
    if (path === null || performance.now() - missingSince < MISSING_MS) return null;
    found ??= canRun(path);
    if (await found) return path;
    found = null;
    missingSince = performance.now();
    return null;
  };
}
