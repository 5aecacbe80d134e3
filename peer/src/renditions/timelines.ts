import { LRUCache } from 'lru-cache';
import { inputArguments, type MediaInput, withMediaInput } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';
import { type ProbedTimes, TIME_ENTRIES, type Timeline, toTimeline } from '../timeline/timeline.ts';

/** Media files whose timelines are cached; a household watches far fewer at once. */
const MAX_KNOWN = 256;
/** A viewer waits for it. */
const LIMITS = { ...PROBE_LIMITS, wallMs: 10_000 };

/** The timelines of the shared films. */
export interface Timelines {
  /** Null where it is not known, as without ffprobe. @throws the signal's reason */
  read(content: SharedContent, signal: AbortSignal): Promise<Timeline | null>;
}

export function createTimelines(tools: () => Promise<FFmpegTools>): Timelines {
  /** By catalog id, which stands for the very bytes: what is known of them stays true. */
  const known = new LRUCache<string, Timeline>({ max: MAX_KNOWN });
  return {
    async read(content, signal) {
      const before = known.get(content.catalogId);
      if (before) return before;
      const { ffprobePath } = await tools();
      if (!ffprobePath) return null;
      try {
        const timeline = await withMediaInput(content, (input) => probe(input, ffprobePath, signal));
        if (timeline) known.set(content.catalogId, timeline);
        return timeline;
      } catch {
        signal.throwIfAborted();
        return null;
      }
    },
  };
}

async function probe(input: MediaInput, path: string, signal: AbortSignal): Promise<Timeline | null> {
  const args = ['-v', 'error', '-of', 'json', '-show_entries', TIME_ENTRIES, ...inputArguments(input)];
  const { code, stdout } = await runProgram({ path, args, fd: input.handle.fd, limits: LIMITS }, signal);
  return code === 0 ? toTimeline(JSON.parse(stdout.toString('utf8')) as ProbedTimes) : null;
}
