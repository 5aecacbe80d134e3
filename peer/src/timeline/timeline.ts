import { LRUCache } from 'lru-cache';
import { inputArguments, type MediaInput, withMediaInput } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

/** Media files whose timelines are cached; a household watches far fewer at once. */
const MAX_KNOWN = 256;
/** A viewer waits for it. */
const LIMITS = { ...PROBE_LIMITS, wallMs: 10_000 };

/**
 * When the parts of a media file are, on its own clock in seconds. Everything a viewer sees is in seconds of the film, which are
 * 0 at `originSeconds`: where the first of its pictures or sound begins, as FFmpeg has it.
 */
export interface Timeline {
  originSeconds: number;
  tracks: readonly TrackTime[];
}

export interface TrackTime {
  kind: 'video' | 'audio' | 'other';
  /** Null where the file does not say. */
  startSeconds: number | null;
}

/** The timelines of the shared films. */
export interface Timelines {
  /** Null where it is not known, as without ffprobe. @throws the signal's reason */
  read(content: SharedContent, signal: AbortSignal): Promise<Timeline | null>;
}

/** What ffprobe says of times; all of it may be missing. */
export interface ProbedTimes {
  format?: { start_time?: string } | undefined;
  streams?: { codec_type?: string; start_time?: string; disposition?: { attached_pic?: number } }[];
}

export const TIME_ENTRIES = 'format=start_time:stream=codec_type,start_time:stream_disposition=attached_pic';

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

export function toTimeline({ format, streams = [] }: ProbedTimes): Timeline {
  return {
    originSeconds: toSeconds(format?.start_time) ?? 0,
    tracks: streams
      // A cover picture is at no time of the film.
      .filter(({ disposition }) => disposition?.attached_pic !== 1)
      .map(({ codec_type, start_time }) => ({
        kind: codec_type === 'video' || codec_type === 'audio' ? codec_type : 'other',
        startSeconds: toSeconds(start_time),
      })),
  };
}

/** When a track begins, in seconds of the film; null where that is not known. */
export function trackStart(timeline: Timeline | null, kind: 'video' | 'audio', place: number): number | null {
  const track = timeline?.tracks.filter((each) => each.kind === kind)[place];
  return timeline && track && track.startSeconds !== null
    ? track.startSeconds - timeline.originSeconds
    : null;
}

function toSeconds(text: string | undefined): number | null {
  const seconds = Number.parseFloat(text ?? '');
  return Number.isFinite(seconds) ? seconds : null;
}
