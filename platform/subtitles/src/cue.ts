/** A text and when it is shown. */
export interface Cue {
  startSeconds: number;
  endSeconds: number;
  /** WebVTT's cue text, without empty lines. */
  text: string;
  /** WebVTT's cue settings; empty for the usual place. */
  settings: string;
}

/** More cues than films have: one each second would fill eight hours. */
export const MAX_CUES = 30_000;
/** Longest text of a cue, in characters; it fills every screen. What is beyond is cut. */
export const MAX_CUE_LENGTH = 10_000;
/** No recording is as long. */
export const MAX_SECONDS = 1_000 * 3_600;
/** How long a text is shown whose end is missing or before its beginning, unless another follows earlier. */
const FALLBACK_SECONDS = 4;

/** A text with times as they were found. */
export interface RawCue {
  startSeconds: number;
  /** Null where the format or the file does not say. */
  endSeconds: number | null;
  text: string;
  settings?: string;
}

/** Cues in order, each with an end behind its beginning; what lies before 0, and empty texts, are left out. */
export function toCues(raw: readonly RawCue[]): Cue[] {
  const sorted = raw
    .filter(({ startSeconds, text }) => Number.isFinite(startSeconds) && text.trim() !== '')
    .slice(0, MAX_CUES)
    .sort((one, other) => one.startSeconds - other.startSeconds);
  return sorted.flatMap(({ startSeconds, endSeconds, text, settings = '' }, index) => {
    const following = sorted.slice(index + 1, index + 2)[0]?.startSeconds ?? Number.POSITIVE_INFINITY;
    const isEnd = endSeconds !== null && endSeconds > startSeconds;
    const fallback = startSeconds + FALLBACK_SECONDS;
    const end = isEnd ? endSeconds : following > startSeconds ? Math.min(fallback, following) : fallback;
    if (end <= 0 || startSeconds > MAX_SECONDS) return [];
    return [
      {
        startSeconds: Math.max(0, startSeconds),
        endSeconds: Math.min(end, MAX_SECONDS),
        text: withoutEmptyLines(text),
        settings,
      },
    ];
  });
}

/** The text of a WebVTT file with these cues, each so many seconds later. */
export function toWebVtt(cues: readonly Cue[], offsetSeconds = 0): string {
  const parts = ['WEBVTT\n'];
  for (const { startSeconds, endSeconds, text, settings } of cues) {
    const end = endSeconds + offsetSeconds;
    if (end <= 0) continue;
    const times = `${formatTime(Math.max(0, startSeconds + offsetSeconds))} --> ${formatTime(end)}`;
    parts.push(`${settings === '' ? times : `${times} ${settings}`}\n${text}\n`);
  }
  return parts.join('\n');
}

function formatTime(seconds: number): string {
  const milliseconds = Math.round(seconds * 1_000);
  const digits = (value: number, length: number) => String(Math.floor(value)).padStart(length, '0');
  const hours = Math.floor(milliseconds / 3_600_000);
  const rest = `${digits((milliseconds / 60_000) % 60, 2)}:${digits((milliseconds / 1_000) % 60, 2)}.${digits(milliseconds % 1_000, 3)}`;
  return hours === 0 ? rest : `${digits(hours, 2)}:${rest}`;
}

/** An empty line ends a cue. */
function withoutEmptyLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '')
    .join('\n');
}

/** A format of lines, some of which say when the others are shown. */
export type LinesParser = (lines: readonly string[], frameRate: number | null) => RawCue[];

/** The lines of a text, whatever ends them; byte order marks, which joined files have within, are no characters. */
export function linesOf(text: string): string[] {
  return text.replace(/\ufeff/g, '').split(/\r\n|\r|\n/);
}
