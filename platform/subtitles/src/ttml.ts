import { MAX_CUE_LENGTH, MAX_CUES, type RawCue } from './cue.ts';
import { toCueText } from './markup.ts';
import { attributeOf, tokensOf } from './tags.ts';

const DEFAULT_FRAME_RATE = 30;

export function isTtml(text: string): boolean {
  return /<(?:[\w-]+:)?tt[\s>]/i.test(text.slice(0, 2_000));
}

interface Clock {
  frameRate: number;
  tickRate: number;
}

/** TTML, also as DFXP: the paragraphs with their own times, or those of the part they are in. */
export function parseTtml(text: string): RawCue[] {
  const cues: RawCue[] = [];
  let clock: Clock = { frameRate: DEFAULT_FRAME_RATE, tickRate: 1 };
  let cue: { startSeconds: number; endSeconds: number | null; markup: string } | null = null;
  const italics: boolean[] = [];
  for (const token of tokensOf(text)) {
    if (token.kind === 'text') {
      if (cue && cue.markup.length < MAX_CUE_LENGTH) cue.markup += token.text.replace(/\s+/g, ' ');
      continue;
    }
    const { kind, name, attributes, isEmpty } = token;
    if (name === 'tt' && kind === 'open') clock = clockOf(attributes);
    else if (name === 'p' && kind === 'open' && !isEmpty) {
      cue = null;
      const start = timeOf(attributeOf(attributes, 'begin'), clock);
      const end = timeOf(attributeOf(attributes, 'end'), clock);
      const duration = timeOf(attributeOf(attributes, 'dur'), clock);
      if (start !== null)
        cue = {
          startSeconds: start,
          endSeconds: end ?? (duration === null ? null : start + duration),
          markup: '',
        };
    } else if (name === 'p' && kind === 'close' && cue) {
      const { startSeconds, endSeconds, markup } = cue;
      if (cues.length < MAX_CUES) cues.push({ startSeconds, endSeconds, ...toCueText(markup.trim()) });
      cue = null;
    } else if (name === 'br' && cue && kind === 'open' && cue.markup.length < MAX_CUE_LENGTH)
      cue.markup += '\\N';
    else if (name === 'span' && cue && kind === 'open' && !isEmpty) {
      const isItalic = attributeOf(attributes, 'fontStyle') === 'italic';
      italics.push(isItalic);
      if (isItalic && cue.markup.length < MAX_CUE_LENGTH) cue.markup += '<i>';
    } else if (name === 'span' && kind === 'close' && italics.pop() && cue) cue.markup += '</i>';
  }
  return cues;
}

function clockOf(attributes: string): Clock {
  const rate = positive(attributeOf(attributes, 'frameRate')) ?? DEFAULT_FRAME_RATE;
  const [numerator = 1, denominator = 1] = (attributeOf(attributes, 'frameRateMultiplier') ?? '1 1')
    .split(/[\s:]+/)
    .map((part) => positive(part) ?? 1);
  return {
    frameRate: (rate * numerator) / denominator,
    tickRate: positive(attributeOf(attributes, 'tickRate')) ?? 1,
  };
}

function positive(text: string | null): number | null {
  const value = Number(text);
  return text !== null && value > 0 && Number.isFinite(value) ? value : null;
}

/** `00:00:01.500`, `00:00:01:12` (frames), `1.5s`, `1500ms`, `36f`, `15000000t`. */
function timeOf(text: string | null, { frameRate, tickRate }: Clock): number | null {
  const clockTime = /^\s*(\d{1,6}):(\d{2}):(\d{2})(?:\.(\d{1,9})|:(\d{1,3})(?:\.\d+)?)?\s*$/.exec(text ?? '');
  if (clockTime) {
    const [, hours, minutes, seconds, fraction, frames] = clockTime;
    const whole = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
    return whole + Number(`0.${fraction ?? '0'}`) + Number(frames ?? 0) / frameRate;
  }
  const [, amount, unit] = /^\s*(\d{1,15}(?:\.\d{1,9})?)(h|ms|m|s|f|t)\s*$/.exec(text ?? '') ?? [];
  if (amount === undefined) return null;
  const value = Number(amount);
  switch (unit) {
    case 'h':
      return value * 3_600;
    case 'm':
      return value * 60;
    case 'ms':
      return value / 1_000;
    case 'f':
      return value / frameRate;
    case 't':
      return value / tickRate;
    default:
      return value;
  }
}
