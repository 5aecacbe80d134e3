import { isAss, parseAss } from './ass.ts';
import { parseSubViewer1, parseTmPlayer } from './clock-lines.ts';
import { type Cue, type LinesParser, linesOf, type RawCue, toCues } from './cue.ts';
import { parseMicroDvd, parseMpl2 } from './frames.ts';
import { isSami, parseSami } from './sami.ts';
import { parseTimedLines } from './timed-lines.ts';
import { isTtml, parseTtml } from './ttml.ts';
import { isWebVtt, parseWebVtt } from './web-vtt.ts';

export interface ParsedSubtitles {
  format: 'webvtt' | 'ass' | 'sami' | 'ttml' | 'lines';
  /** In the order of their beginnings. */
  cues: Cue[];
}

/** Lines by which a format is told. */
const SAMPLE_LINES = 500;

/** Formats of lines that say when they are shown. They are told apart by which of them finds the most. */
const LINES: readonly LinesParser[] = [
  parseTimedLines,
  parseMicroDvd,
  parseMpl2,
  parseTmPlayer,
  parseSubViewer1,
];

/**
 * The cues of a text, in whichever format it is: a name's extension is no evidence, since `.sub` and `.txt` are used by many, and
 * people rename files. A text that is none has no cues.
 *
 * @param frameRate of the film, for formats that count frames and do not say how many there are in a second.
 */
export function parseSubtitles(text: string, frameRate: number | null = null): ParsedSubtitles {
  if (isWebVtt(text)) return { format: 'webvtt', cues: toCues(parseWebVtt(text)) };
  if (isAss(text)) return { format: 'ass', cues: toCues(parseAss(text)) };
  if (isTtml(text)) return { format: 'ttml', cues: toCues(parseTtml(text)) };
  if (isSami(text)) return { format: 'sami', cues: toCues(parseSami(text)) };
  const lines = linesOf(text);
  const parse = bestOf(lines.slice(0, SAMPLE_LINES)) ?? bestOf(lines);
  const raw: RawCue[] = parse?.(lines, frameRate) ?? [];
  return { format: 'lines', cues: toCues(raw) };
}

function bestOf(lines: readonly string[]): LinesParser | null {
  let best: { parse: LinesParser; count: number } | null = null;
  for (const parse of LINES) {
    const count = parse(lines, null).length;
    if (count > (best?.count ?? 0)) best = { parse, count };
  }
  return best?.parse ?? null;
}
