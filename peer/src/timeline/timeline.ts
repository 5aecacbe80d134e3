import type { Segments } from './segments.ts';

/**
 * When the parts of a media file are, on its own clock in seconds. Everything a viewer sees is in seconds of the film, which are
 * 0 at `originSeconds`: where the first of its pictures or sound begins, as FFmpeg has it.
 */
export interface Timeline {
  originSeconds: number;
  tracks: readonly TrackTime[];
  /** Of a recording whose clock jumps, or that FFmpeg finds no place in by its clock. */
  segments?: Segments | null;
}

export interface TrackTime {
  kind: 'video' | 'audio' | 'other';
  /** Null where the file does not say. */
  startSeconds: number | null;
  endSeconds: number | null;
}

/** What ffprobe says of times; all of it may be missing. */
export interface ProbedTimes {
  format?: { start_time?: string } | undefined;
  streams?: {
    codec_type?: string;
    start_time?: string;
    duration?: string;
    /** Matroska says in a tag when a track ends. */
    tags?: { DURATION?: string };
    disposition?: { attached_pic?: number };
  }[];
}

export function toTimeline({ format, streams = [] }: ProbedTimes): Timeline {
  return {
    originSeconds: toSeconds(format?.start_time) ?? 0,
    tracks: streams
      // A cover picture is at no time of the film.
      .filter(({ disposition }) => disposition?.attached_pic !== 1)
      .map(({ codec_type, start_time, duration, tags }) => ({
        kind: codec_type === 'video' || codec_type === 'audio' ? codec_type : 'other',
        startSeconds: toSeconds(start_time),
        endSeconds: clockSeconds(tags?.DURATION) ?? sum(toSeconds(start_time), toSeconds(duration)),
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

/** When a track ends, in seconds of the film; null where that is not known. */
export function trackEnd(timeline: Timeline | null, kind: 'video' | 'audio', place: number): number | null {
  const track = timeline?.tracks.filter((each) => each.kind === kind)[place];
  return timeline && track && track.endSeconds !== null ? track.endSeconds - timeline.originSeconds : null;
}

/** Of "00:02:00.023000000". */
function clockSeconds(text: string | undefined): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '') ?? [];
  return seconds === undefined ? null : Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}

function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

function toSeconds(text: string | undefined): number | null {
  const seconds = Number.parseFloat(text ?? '');
  return Number.isFinite(seconds) ? seconds : null;
}
