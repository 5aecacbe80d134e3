import { MAX_CUES, type RawCue } from './cue.ts';
import { toCueText } from './markup.ts';
import { MAX_TIMING_LENGTH, secondsOf, TIME, TIME_GROUPS } from './time.ts';

/** SubRip's arrow with whatever places follow it; the comma of SubViewer and of YouTube's `.sbv`. */
const TIMING = new RegExp(`^\\s*${TIME}\\s*(?:-{1,3}>|,)\\s*${TIME}(?:\\s.*)?$`);
const NUMBER = /^\s*\d{1,7}\s*$/;
/** SubViewer's header and SubRip's remains of it. */
const HEADER =
  /^\s*\[(?:INFORMATION|TITLE|AUTHOR|SOURCE|PRG|FILEPATH|DELAY|CD TRACK|COMMENT|END INFORMATION|SUBTITLE|COLF|STYLE|SIZE|FONT)\b.*$/i;

/**
 * Reads SubRip, SubViewer and `.sbv`: a line of two times, and the text up to the next. Numbers and empty lines between cues may
 * be missing, or be in the midst of a text.
 */
export function parseTimedLines(lines: readonly string[]): RawCue[] {
  const cues: RawCue[] = [];
  const timings: number[] = [];
  for (let at = 0; at < lines.length && timings.length < MAX_CUES; at += 1)
    if (lines[at]!.length <= MAX_TIMING_LENGTH && TIMING.test(lines[at]!)) timings.push(at);
  const isNumbered = timings.length > 0 && NUMBER.test(lines[timings[0]! - 1] ?? '');
  for (const [index, at] of timings.entries()) {
    const groups = TIMING.exec(lines[at]!)!.slice(1);
    let end = timings[index + 1] ?? lines.length;
    if (isNumbered && end < lines.length && end - 1 > at && NUMBER.test(lines[end - 1]!)) end -= 1;
    const body = lines
      .slice(at + 1, end)
      .filter((line) => !HEADER.test(line))
      .join('\n')
      .replaceAll(/\[br\]/gi, '\n');
    cues.push({
      startSeconds: secondsOf(groups, 0),
      endSeconds: secondsOf(groups, TIME_GROUPS),
      ...toCueText(body.trim()),
    });
  }
  return cues;
}
