// cspell:disable: names and codes of languages

/** What the words behind a film's name say of a file of subtitles. */
export interface SubtitleWords {
  /** A BCP 47 tag or an ISO 639 code, as it was written where it is one. */
  language: string | null;
  forced: boolean;
  hearingImpaired: boolean;
  isDefault: boolean;
  /** Every other word. */
  rest: string[];
}

/** Codes that people use and that are none, or another language's: Taiwan's "tw" is no Twi. */
const CODES: Readonly<Record<string, string>> = {
  chs: 'zh-Hans',
  'zh-cn': 'zh-Hans',
  cn: 'zh-Hans',
  sc: 'zh-Hans',
  gb: 'zh-Hans',
  gb2312: 'zh-Hans',
  cht: 'zh-Hant',
  tc: 'zh-Hant',
  tw: 'zh-Hant',
  'zh-tw': 'zh-Hant',
  big5: 'zh-Hant',
  'zh-hk': 'zh-Hant-HK',
  jp: 'ja',
  kr: 'ko',
  pob: 'pt-BR',
  pb: 'pt-BR',
  ptbr: 'pt-BR',
  'pt-br': 'pt-BR',
  cz: 'cs',
  gr: 'el',
  ua: 'uk',
  esp: 'es',
  lat: 'es-419',
  latino: 'es-419',
  spl: 'es-419',
  scc: 'sr',
  scr: 'hr',
};

/** Languages that are called by their names, in English and in their own. */
const NAMED =
  'ar bg bn bs ca cs da de el en es et eu fa fi fr ga gl he hi hr hu id is it ja ka ko lt lv mk ml ms nb nl no pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi zh pt-BR zh-Hans zh-Hant es-419'.split(
    ' ',
  );
const MORE_NAMES: Readonly<Record<string, string>> = {
  brazilian: 'pt-BR',
  'portuguese-br': 'pt-BR',
  castellano: 'es',
  castilian: 'es',
  mandarin: 'zh',
  cantonese: 'yue',
  simplified: 'zh-Hans',
  traditional: 'zh-Hant',
  farsi: 'fa',
  flemish: 'nl-BE',
  简体: 'zh-Hans',
  简中: 'zh-Hans',
  简: 'zh-Hans',
  繁体: 'zh-Hant',
  繁體: 'zh-Hant',
  繁中: 'zh-Hant',
  繁: 'zh-Hant',
};

/** Made when first needed, as are the names: that takes milliseconds. */
let english: Intl.DisplayNames | undefined;
function englishName(code: string): string | undefined {
  english ??= new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  return english.of(code);
}

let names: ReadonlyMap<string, string> | undefined;
function languageNames(): ReadonlyMap<string, string> {
  names ??= new Map([
    ...NAMED.flatMap((code): [string, string][] =>
      [
        englishName(code),
        new Intl.DisplayNames(code, { type: 'language', fallback: 'none' }).of(code),
      ].flatMap((name) => (name && !name.includes(' ') ? [[name.toLowerCase(), code]] : [])),
    ),
    ...Object.entries(MORE_NAMES),
  ]);
  return names;
}

/** The language that a word is the code or the name of. */
export function languageOf(word: string): string | null {
  const lower = word.toLowerCase();
  const known = CODES[lower] ?? languageNames().get(lower);
  if (known) return known;
  return isLanguageCode(word) ? word : null;
}

/** Whether a word is a BCP 47 tag or an ISO 639 code of a language there is. */
export function isLanguageCode(word: string): boolean {
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(word)) return false;
  const known = codes.get(word);
  if (known !== undefined) return known;
  if (codes.size >= MAX_CODES) codes.clear();
  const isCode = hasName(word);
  codes.set(word, isCode);
  return isCode;
}

/** A folder of subtitles asks for the same few words over and over. */
const codes = new Map<string, boolean>();
const MAX_CODES = 1_000;

function hasName(tag: string): boolean {
  try {
    return englishName(tag) !== undefined;
  } catch {
    return false;
  }
}

const SEPARATORS = /[.\s_()[\]{}+,]+/u;

/** Reads `.en.forced`, `_English (SDH)`, `-pt-BR`. */
export function readSubtitleWords(text: string): SubtitleWords {
  const found: SubtitleWords = {
    language: null,
    forced: false,
    hearingImpaired: false,
    isDefault: false,
    rest: [],
  };
  for (const part of text.split(SEPARATORS).map((word) => word.replace(/^-+|-+$/gu, ''))) {
    if (part === '') continue;
    // "pt-BR" is one word, "en-forced" two.
    const words = part.includes('-') && languageOf(part) === null ? part.split(/-+/u) : [part];
    for (const word of words) if (word !== '' && !readWord(word, found)) found.rest.push(word);
  }
  return found;
}

/** Takes a word for what it says; whether it says anything. */
function readWord(word: string, found: SubtitleWords): boolean {
  const lower = word.toLowerCase();
  if (lower === 'forced' || lower === 'foreign') found.forced = true;
  else if (lower === 'default') found.isDefault = true;
  // "hi" is Hindi, unless the language is known already.
  else if (['sdh', 'cc', 'hearingimpaired'].includes(lower) || (lower === 'hi' && found.language))
    found.hearingImpaired = true;
  else if (found.language === null) {
    found.language = languageOf(word);
    return found.language !== null;
  } else return false;
  return true;
}

/** Whether a text says language and kind of subtitles alone: what follows a film's name in that of its subtitles. */
export function isSubtitleWords(text: string): boolean {
  const { rest, ...said } = readSubtitleWords(text);
  const isSaid = said.language !== null || said.forced || said.hearingImpaired || said.isDefault;
  return isSaid && rest.every((word) => /^\d{1,2}$/u.test(word));
}
