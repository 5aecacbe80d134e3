import { MAX_CUE_LENGTH } from './cue.ts';

/** Tags that WebVTT has as well; of others only the text between them stays. */
const STYLES: Readonly<Record<string, string>> = { b: 'b', strong: 'b', i: 'i', em: 'i', u: 'u' };
/** What subtitles are marked up with; any other word in angle brackets is a part of the text. */
const TAGS =
  /^(?:b|i|u|s|em|strong|strike|font|span|p|div|br|center|small|big|sub|sup|tt|body|ruby|rb|rt|rp|c|v|lang)(?:\.[\w.-]+)?$/;
const TOKEN =
  /<(\/?)([a-z][a-z0-9.-]{0,30})((?:\s|\/)[^<>]{0,300})?>|\{\s*\\([^{}]{0,500})\}|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});|\\[Nnh]|[&<>]/gi;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export interface Marked {
  /** WebVTT's cue text: every tag in it is closed. */
  text: string;
  /** WebVTT's cue settings. */
  settings: string;
}

/**
 * Makes text marked up with the tags of SubRip (`<i>`, `<font color="…">`) and of SubStation Alpha (`{\an8}`, `{\i1}`, `\N`) into
 * WebVTT's cue text. What is no markup stays text: it is never a tag of WebVTT.
 */
export function toCueText(markup: string): Marked {
  const open: string[] = [];
  let settings = '';
  const closeAll = (from: number) =>
    open
      .splice(from)
      .reverse()
      .map((tag) => `</${tag}>`)
      .join('');
  const set = (tag: string, isOn: boolean): string => {
    const at = open.lastIndexOf(tag);
    if (isOn) {
      if (at >= 0) return '';
      open.push(tag);
      return `<${tag}>`;
    }
    if (at < 0) return '';
    const others = open.slice(at + 1);
    const closed = closeAll(at);
    open.push(...others);
    return closed + others.map((other) => `<${other}>`).join('');
  };
  const override = (words: string): string => {
    let out = '';
    for (const [, name = '', value = ''] of words.matchAll(/\\(an|a|b|i|u|r)(-?\d{0,4})(?=\\|\s|$)/gi)) {
      const tag = name.toLowerCase();
      if (tag === 'an') settings = settingsOf(Number(value));
      else if (tag === 'a') settings = settingsOf(OLD_PLACES[value] ?? 2);
      else if (tag === 'r') out += closeAll(0);
      else out += set(tag, value !== '' && value !== '0');
    }
    return out;
  };
  const text = markup.slice(0, MAX_CUE_LENGTH).replace(TOKEN, (token, slash, name, attributes, overrides) => {
    if (overrides !== undefined) return override(`\\${overrides}`);
    if (name !== undefined) {
      const tag = name.toLowerCase();
      if (!TAGS.test(tag) || !areAttributes(tag, attributes ?? '')) return token.replace(/[&<>]/g, escaped);
      if (tag === 'br') return '\n';
      const style = STYLES[tag];
      return style ? set(style, slash === '') : '';
    }
    if (token.startsWith('\\')) return token === '\\h' ? '\u00a0' : '\n';
    return token.length === 1 ? escaped(token) : token;
  });
  return { text: withoutControls(text) + closeAll(0), settings };
}

/** Text without any markup as WebVTT's cue text. */
export function escapeText(text: string): string {
  return withoutControls(text.slice(0, MAX_CUE_LENGTH).replace(/[&<>]/g, escaped));
}

function escaped(character: string): string {
  return ESCAPES[character] ?? character;
}

/** `a <b & c> d` has no tag in it, `<b class="x">` and `<b >` are some; a voice of WebVTT has a name behind it. */
function areAttributes(tag: string, text: string): boolean {
  const rest = text.replace(/\/$/, '').trim();
  return rest === '' || tag === 'v' || tag === 'lang' || /^[\w:-]+\s*=/.test(rest);
}

/** `\a` of SubStation Alpha before version 4, by the places of `\an`. */
const OLD_PLACES: Readonly<Record<string, number>> = {
  1: 1,
  2: 2,
  3: 3,
  5: 7,
  6: 8,
  7: 9,
  9: 4,
  10: 5,
  11: 6,
};

/** Places are those of the digits on a keyboard. */
export function settingsOf(place: number): string {
  if (!(place >= 1 && place <= 9)) return '';
  const line = place >= 7 ? 'line:0' : place >= 4 ? 'line:50%' : '';
  const align = place % 3 === 1 ? 'align:left' : place % 3 === 0 ? 'align:right' : '';
  return [line, align].filter(Boolean).join(' ');
}

function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
