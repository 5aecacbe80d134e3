// cspell:disable: articles of many languages
/**
 * Articles that no other language has as a word that names begin with, or so seldom that people look for the next one in any
 * language; `a` and `an` as other media servers have it.
 */
const EVERYWHERE = setOf(
  'the a an', // en
  'der das ein eine', // de
  'le les un une', // fr
  'el una', // es
  'il gli', // it
  "het een 't", // nl
  'ett det', // sv, da, no
);

/** Articles of one language that are other words of others ("Die Hard", "Las Vegas", "De Palma"), by its code. */
const BY_LANGUAGE: Readonly<Record<string, ReadonlySet<string>>> = {
  de: setOf('die den'),
  fr: setOf('la'),
  es: setOf('la las los lo'),
  it: setOf('la lo i'),
  pt: setOf('o os as um uma'),
  nl: setOf('de'),
  sv: setOf('en den'),
  da: setOf('en den'),
  nb: setOf('en den'),
  no: setOf('en den'),
};

/** Articles that the next word follows without a space. */
const ELIDED = /^(l|un|gl)['’ʼ](?=\p{L})/u;
const FIRST_WORD = /^(['’ʼ]?\p{L}+)\s+/u;
/** Names in no language that they might be taken to be in. */
const NAMES = /^(?:die (?:hard|another)|las vegas|los angeles|la la|le mans|el paso)(?!\p{L})/u;

/**
 * The article that a name begins with, in lower case, and the rest of it; no article where nothing but that would be left.
 * `language` is that of the work (BCP 47 or ISO 639-2), null where it is not known: words that are articles in one language and
 * others in another are taken for articles in that one alone, so that "Die Hard" and "Las Vegas" stay what they are. Written
 * without a space, as in "A.I.", nothing is an article.
 */
export function splitArticle(name: string, language: string | null): { article: string; rest: string } {
  const text = name.normalize('NFC').trim();
  const lower = text.toLowerCase();
  const none = { article: '', rest: text };
  // Some letters are two in lower case; then the two cannot be cut at one place.
  if (lower.length !== text.length || NAMES.test(lower)) return none;
  const [cut = '', word = ''] = ELIDED.exec(lower) ?? FIRST_WORD.exec(lower) ?? [];
  const article = word.replace(/[’ʼ]/u, "'");
  const isOne =
    ELIDED.test(lower) ||
    EVERYWHERE.has(article) ||
    (BY_LANGUAGE[languageOf(language)]?.has(article) ?? false);
  const rest = text.slice(cut.length);
  return isOne && /[\p{L}\p{N}]/u.test(rest) ? { article, rest } : none;
}

/** The code of a language that has several, such as `de` for `deu` and `de-AT`; empty for none. */
function languageOf(tag: string | null): string {
  try {
    return tag === null ? '' : (new Intl.Locale(tag).language ?? '');
  } catch {
    return '';
  }
}

function setOf(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.join(' ').split(' '));
}
