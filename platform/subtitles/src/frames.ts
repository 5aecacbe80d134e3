import { linesOf, MAX_CUE_LENGTH, MAX_CUES, type RawCue } from './cue.ts';
import { escapeText } from './markup.ts';

/** Of films, where neither the file nor the film says. */
export const DEFAULT_FRAME_RATE = 24_000 / 1_001;
const MIN_FRAME_RATE = 1;
const MAX_FRAME_RATE = 240;

const MICRO_DVD = /^\s*\{(-?\d{1,9})\}\s*\{(-?\d{0,9})\}(.*)$/;
const MPL2 = /^\s*\[(-?\d{1,9})\]\s*\[(-?\d{0,9})\](.*)$/;

/** The frame rate that a MicroDVD file begins with, as in `{1}{1}25`; null where it does not. */
export function declaredFrameRate(text: string): number | null {
  return rateOf(linesOf(text.slice(0, 2_000)));
}

/** Whether a text counts frames, as far as its first lines show. */
export function countsFrames(text: string): boolean {
  return linesOf(text.slice(0, 2_000)).some((line) => MICRO_DVD.test(line));
}

function rateOf(lines: readonly string[]): number | null {
  for (const line of lines.slice(0, 5)) {
    const [, , , rest = ''] = /^\s*\{([01])\}\s*\{([01])\}(.*)$/.exec(line) ?? [];
    const rate = Number(rest.trim().replace(',', '.'));
    if (rest.trim() !== '' && rate >= MIN_FRAME_RATE && rate <= MAX_FRAME_RATE) return rate;
  }
  return null;
}

/** MicroDVD: `{first frame}{last frame}text|next line`; styles as `{y:i}`, for the whole text as `{Y:i}`. */
export function parseMicroDvd(lines: readonly string[], frameRate: number | null): RawCue[] {
  const declared = rateOf(lines);
  const rate = declared ?? validRate(frameRate) ?? DEFAULT_FRAME_RATE;
  const cues = read(lines, MICRO_DVD, rate);
  return declared === null ? cues : cues.slice(1);
}

/** MPL2: the same in tenths of a second, in square brackets. */
export function parseMpl2(lines: readonly string[]): RawCue[] {
  return read(lines, MPL2, 10);
}

function read(lines: readonly string[], pattern: RegExp, unitsPerSecond: number): RawCue[] {
  const cues: RawCue[] = [];
  for (const line of lines) {
    const match = pattern.exec(line);
    if (!match || cues.length >= MAX_CUES) continue;
    const [, first = '0', last = '', body = ''] = match;
    cues.push({
      startSeconds: Number(first) / unitsPerSecond,
      endSeconds: last === '' ? null : Number(last) / unitsPerSecond,
      text: styledLines(body),
    });
  }
  return cues;
}

/** Lines are separated by `|`; a `/` before one makes it italic. */
export function styledLines(body: string): string {
  let whole = '';
  return body
    .slice(0, MAX_CUE_LENGTH)
    .split('|')
    .map((line) => {
      let styles = whole;
      const plain = line.replace(/\{([a-z]):([^{}]{0,100})\}/gi, (_, key: string, value: string) => {
        const wanted = value.toLowerCase().match(/[biu]/g)?.join('') ?? '';
        if (key === 'Y') whole = wanted;
        if (key.toLowerCase() === 'y') styles = wanted;
        return '';
      });
      if (plain.startsWith('/')) styles += 'i';
      const tags = [...new Set(styles)];
      const text = escapeText(plain.replace(/^\//, ''));
      if (text.trim() === '') return '';
      return tags.reduceRight((inner, tag) => `<${tag}>${inner}</${tag}>`, text);
    })
    .join('\n');
}

function validRate(rate: number | null): number | null {
  return rate !== null && rate >= MIN_FRAME_RATE && rate <= MAX_FRAME_RATE ? rate : null;
}
