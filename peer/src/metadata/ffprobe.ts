import {
  type Chapter,
  MAX_CHAPTERS,
  MAX_LABEL_LENGTH,
  MAX_TRACKS,
  type MediaTrack,
} from '@giggityflix/proto/media-file';
import { inputArguments, type MediaInput } from '../containers/input.ts';
import { clean } from '../naming/text.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';
import { toTimeline } from '../timeline/timeline.ts';
import { displaySize } from './display-size.ts';
import { readTags } from './embedded-tags.ts';
import { normalizeLanguage } from './languages.ts';
import type { Probe } from './probe.ts';
import { choosePicture, chooseSound, type TrackRole } from './roles.ts';

interface Tags {
  language?: string;
  title?: string;
}

interface Output {
  format?: { format_name?: string; start_time?: string; duration?: string; tags?: Record<string, unknown> };
  streams?: {
    codec_type?: string;
    codec_name?: string;
    width?: number;
    height?: number;
    sample_aspect_ratio?: string;
    channels?: number;
    duration?: string;
    tags?: Tags;
    disposition?: Readonly<Record<string, number>>;
    side_data_list?: { rotation?: number }[];
  }[];
  chapters?: { start_time?: string; end_time?: string; tags?: Tags }[];
}

/** FFmpeg's names of the kinds of tracks that are described. */
const KINDS: Readonly<Record<string, MediaTrack['kind']>> = {
  video: 'VIDEO',
  audio: 'AUDIO',
  subtitle: 'SUBTITLE',
};

/** FFmpeg's names of codecs where mediabunny has another. */
const CODECS: Readonly<Record<string, string>> = { h264: 'avc', subrip: 'srt' };

/** What ffprobe says of a file; "refused" when it is no media file to it, "unknown" when it could not be asked. */
export async function probeWithFfprobe(
  input: MediaInput,
  ffprobePath: string,
): Promise<Probe | 'refused' | 'unknown'> {
  const args = ['-v', 'error', '-show_format', '-show_streams', '-show_chapters', '-of', 'json'];
  try {
    const { code, exceeded, stdout } = await runProgram({
      path: ffprobePath,
      args: [...args, ...inputArguments(input)],
      fd: input.handle.fd,
      limits: PROBE_LIMITS,
      yields: true,
    });
    // An exit code is ffprobe's own word; other failures are the system's, or its limits.
    if (code !== 0) return code !== null && exceeded === null ? 'refused' : 'unknown';
    return toProbe(JSON.parse(stdout.toString('utf8')) as Output);
  } catch {
    return 'unknown';
  }
}

function toProbe({ format, streams = [], chapters = [] }: Output): Probe {
  const { originSeconds } = toTimeline({ format });
  const tracks: MediaTrack[] = [];
  const roles: Record<MediaTrack['kind'], TrackRole[]> = { VIDEO: [], AUDIO: [], SUBTITLE: [] };
  for (const stream of streams.slice(0, MAX_TRACKS)) {
    const kind = KINDS[stream.codec_type ?? ''];
    if (!kind) continue;
    // A cover picture calls itself a video stream.
    if (stream.disposition?.attached_pic === 1) continue;
    const size = kind === 'VIDEO' ? displaySize(stream) : null;
    const name = clean(stream.tags?.title ?? '').slice(0, MAX_LABEL_LENGTH);
    tracks.push({
      kind,
      codec: CODECS[stream.codec_name ?? ''] ?? stream.codec_name ?? null,
      language: normalizeLanguage(stream.tags?.language),
      name: name || null,
      width: size?.width ?? null,
      height: size?.height ?? null,
      channels: kind === 'AUDIO' ? (stream.channels ?? null) : null,
    });
    roles[kind].push(roleOf(stream));
  }
  return {
    container: format?.format_name?.split(',')[0] ?? null,
    mimeType: null,
    durationSeconds: filmDuration({ format, streams }),
    tracks,
    chosen: { video: choosePicture(roles.VIDEO), audio: chooseSound(roles.AUDIO) },
    chapters: chapters
      .slice(0, MAX_CHAPTERS)
      .flatMap((chapter) => toChapter(chapter, originSeconds))
      .sort((one, other) => one.startSeconds - other.startSeconds),
    tags: readTags(format?.tags),
  };
}

/** How long a film is, whatever its clock says when it begins; null where the file does not say. */
function filmDuration({ format, streams = [] }: Output): number | null {
  const name = format?.format_name ?? '';
  const start = Math.max(0, Number(format?.start_time) || 0);
  const whole = Number(format?.duration);
  // Their headers say when the film ends; of the others FFmpeg measures how long it is.
  const seconds = /^(mov|matroska)/.test(name)
    ? whole - start
    : // What FFmpeg adds to a header's duration of the film are the starts of the streams.
      name === 'asf'
      ? Math.max(...streams.map(({ duration }) => Number(duration) || 0)) - start
      : whole;
  return seconds > 0 && Number.isFinite(seconds) ? seconds : null;
}

/** The role of a stream in ffprobe's words. */
export function roleOf({
  codec_name = null,
  tags,
  disposition = {},
}: {
  codec_name?: string | null;
  tags?: Tags | undefined;
  disposition?: Readonly<Record<string, number>> | undefined;
}): TrackRole {
  const has = (name: string) => disposition[name] === 1;
  return {
    codec: codec_name,
    name: tags?.title ?? null,
    language: tags?.language ?? null,
    isDefault: has('default'),
    isOriginal: has('original'),
    isCommentary: has('comment'),
    isForVisuallyImpaired: has('visual_impaired') || has('descriptions'),
    isStill: has('attached_pic') || has('timed_thumbnails') || has('still_image'),
  };
}

function toChapter(
  { start_time, end_time, tags }: NonNullable<Output['chapters']>[number],
  originSeconds: number,
): Chapter[] {
  // A film that sound precedes by a little has its first chapter at 0 all the same.
  const startSeconds = Math.max(0, Number(start_time) - originSeconds);
  const endSeconds = Number(end_time) - originSeconds;
  if (!(startSeconds >= 0)) return [];
  return [
    {
      title: clean(tags?.title ?? '').slice(0, MAX_LABEL_LENGTH) || null,
      startSeconds,
      endSeconds: endSeconds > startSeconds ? endSeconds : null,
    },
  ];
}
