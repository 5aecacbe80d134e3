import { linesOf, MAX_CUE_LENGTH, MAX_CUES, type RawCue } from './cue.ts';
import { settingsOf, toCueText } from './markup.ts';
import { secondsOf, TIME } from './time.ts';

const WHOLE_TIME = new RegExp(`^\\s*${TIME}\\s*$`);
const OVERRIDES = /\{[^{}]{0,1000}\}/g;
const DRAWING = /\\p[1-9]/;

export function isAss(text: string): boolean {
  return /^[ \t]*\[(?:script info|v4\+? styles|events)\]/im.test(text.slice(0, 20_000));
}

/** The texts of SubStation Alpha without their styles: bold, italics and places stay. Drawings are no text. */
export function parseAss(text: string): RawCue[] {
  const cues: RawCue[] = [];
  const places = new Map<string, string>();
  let section = '';
  let fields: string[] = [];
  for (const line of linesOf(text)) {
    const heading = /^\s*\[([^\]]{1,60})\]\s*$/.exec(line);
    if (heading) {
      section = heading[1]!.toLowerCase();
      fields = [];
      continue;
    }
    const [, key = '', rest = ''] = /^\s*(format|style|dialogue)\s*:(.*)$/i.exec(line) ?? [];
    const kind = key.toLowerCase();
    if (kind === 'format') fields = rest.split(',').map((field) => field.trim().toLowerCase());
    else if (kind === 'style') {
      const values = rest.split(',').map((value) => value.trim());
      const place = Number(values[fields.indexOf('alignment')]);
      // Version 4 counts in another way.
      if (section.includes('+')) places.set(values[fields.indexOf('name')] ?? '', settingsOf(place));
    } else if (kind === 'dialogue' && cues.length < MAX_CUES) {
      const cue = readDialogue(rest, fields.length > 0 ? fields : EVENT_FIELDS, places);
      if (cue) cues.push(cue);
    }
  }
  return withoutRepetitions(cues);
}

const EVENT_FIELDS = 'layer,start,end,style,name,marginl,marginr,marginv,effect,text'.split(',');

function readDialogue(rest: string, fields: string[], places: ReadonlyMap<string, string>): RawCue | null {
  const values = rest.slice(0, MAX_CUE_LENGTH).split(',');
  const value = (name: string) => values[fields.indexOf(name)] ?? '';
  const start = WHOLE_TIME.exec(value('start'));
  const end = WHOLE_TIME.exec(value('end'));
  // The text is the last field, and may have commas in it.
  const body = values
    .slice(fields.length - 1)
    .join(',')
    .trim()
    .slice(0, MAX_CUE_LENGTH);
  if (!start || !end || (body.match(OVERRIDES) ?? []).some((block) => DRAWING.test(block))) return null;
  const { text, settings } = toCueText(body);
  const place = places.get(value('style').trim().replace(/^\*/, '')) ?? '';
  return {
    startSeconds: secondsOf(start, 1),
    endSeconds: secondsOf(end, 1),
    text,
    settings: settings || place,
  };
}

/** Effects are made of the same text in many layers. */
function withoutRepetitions(cues: readonly RawCue[]): RawCue[] {
  const seen = new Set<string>();
  return cues.filter(({ startSeconds, endSeconds, text }) => {
    const key = `${startSeconds} ${endSeconds} ${text}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
