import { MAX_CUE_LENGTH, MAX_CUES, type RawCue } from './cue.ts';
import { toCueText } from './markup.ts';
import { attributeOf, tokensOf } from './tags.ts';

const KEPT = new Set(['b', 'i', 'u', 'strong', 'em']);

export function isSami(text: string): boolean {
  return /<sami\b/i.test(text.slice(0, 2_000)) || /<sync\s+start\s*=/i.test(text.slice(0, 20_000));
}

/** SAMI (`.smi`): what is shown from each `<SYNC Start=…>` on, of the language with the most text. */
export function parseSami(text: string): RawCue[] {
  const byClass = new Map<string, { startSeconds: number; markup: string }[]>();
  let startSeconds: number | null = null;
  let language = '';
  let count = 0;
  const append = (markup: string) => {
    if (startSeconds === null || count >= MAX_CUES) return;
    const shown = byClass.get(language) ?? [];
    byClass.set(language, shown);
    const last = shown.at(-1);
    if (last?.startSeconds === startSeconds) last.markup = (last.markup + markup).slice(0, MAX_CUE_LENGTH);
    else {
      shown.push({ startSeconds, markup });
      count += 1;
    }
  };
  for (const token of tokensOf(text)) {
    if (token.kind === 'text') append(token.text.replace(/\s+/g, ' '));
    else if (token.name === 'sync' && token.kind === 'open') {
      const start = Number.parseInt(attributeOf(token.attributes, 'start') ?? '', 10);
      startSeconds = Number.isNaN(start) ? null : start / 1_000;
      language = '';
    } else if (token.name === 'p' && token.kind === 'open') {
      language = (attributeOf(token.attributes, 'class') ?? '').toLowerCase();
      append('');
    } else if (token.name === 'br') append('\\N');
    else if (KEPT.has(token.name)) append(token.kind === 'open' ? `<${token.name}>` : `</${token.name}>`);
  }
  const [shown = []] = [...byClass.values()].sort((one, other) => lengthOf(other) - lengthOf(one));
  return shown
    .sort((one, other) => one.startSeconds - other.startSeconds)
    .flatMap(({ startSeconds: start, markup }, index) => {
      if (isNothing(markup)) return [];
      const { text: cue, settings } = toCueText(markup.trim());
      return [
        { startSeconds: start, endSeconds: shown[index + 1]?.startSeconds ?? null, text: cue, settings },
      ];
    });
}

/** A space that does not break clears what was shown. */
function isNothing(markup: string): boolean {
  return markup.replace(/&nbsp;?|&#160;|<[^<>]*>|\\N|\s/gi, '') === '';
}

function lengthOf(shown: readonly { markup: string }[]): number {
  return shown.reduce((sum, { markup }) => sum + (isNothing(markup) ? 0 : markup.length), 0);
}
