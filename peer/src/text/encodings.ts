// cspell:disable: codes of languages
export const CENTRAL_ENCODINGS: readonly string[] = ['windows-1250', 'iso-8859-2'];
const CYRILLIC = ['windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5'];
const SIMPLIFIED = ['gb18030', 'big5'];
const TRADITIONAL = ['big5', 'gb18030'];

/** What texts of a language were written in before UTF-8, the most frequent first; labels of the Encoding Standard. */
const BY_LANGUAGE: Readonly<Record<string, readonly string[]>> = {
  ...of(
    ['windows-1252'],
    'en eng de deu ger fr fra fre es spa it ita pt por pob nl nld dut sv swe da dan no nb nor fi fin is isl ca cat',
  ),
  ...of(CENTRAL_ENCODINGS, 'cs ces cze hr hrv hu hun pl pol ro ron rum sk slk slo sl slv bs bos'),
  ...of(CYRILLIC, 'be bel bg bul mk mkd ru rus'),
  ...of(['windows-1251', 'koi8-u', 'ibm866', 'iso-8859-5'], 'uk ukr'),
  ...of(['windows-1251', 'windows-1250', 'iso-8859-5', 'iso-8859-2'], 'sr srp'),
  ...of(['windows-1253', 'iso-8859-7'], 'el ell gre'),
  ...of(['windows-1254'], 'tr tur az aze'),
  ...of(['windows-1255', 'iso-8859-8'], 'he heb'),
  ...of(['windows-1256', 'iso-8859-6'], 'ar ara fa fas per ur urd'),
  ...of(['windows-1257'], 'et est lt lit lv lav'),
  ...of(['windows-1258'], 'vi vie'),
  ...of(['windows-874'], 'th tha'),
  ...of(SIMPLIFIED, 'zh zho chi'),
  ...of(TRADITIONAL, 'zh-hant zh-tw zh-hk zh-mo'),
  ...of(['shift_jis', 'euc-jp', 'iso-2022-jp'], 'ja jpn'),
  ...of(['euc-kr'], 'ko kor'),
};

function of(encodings: readonly string[], languages: string): Record<string, readonly string[]> {
  return Object.fromEntries(languages.split(' ').map((language) => [language, encodings]));
}

/** Encodings that a text of this language may have; empty where the language says nothing. */
export function encodingsOf(language: string | null): readonly string[] {
  const tag = language?.toLowerCase() ?? '';
  return BY_LANGUAGE[tag] ?? BY_LANGUAGE[tag.split('-')[0] ?? ''] ?? [];
}

/** Every encoding that is looked for. */
export const ALL_ENCODINGS: readonly string[] = [
  ...new Set(['windows-1252', ...Object.values(BY_LANGUAGE).flat()]),
];
/** Those of texts in Latin letters. */
export const LATIN_ENCODINGS: readonly string[] = [
  'windows-1252',
  ...CENTRAL_ENCODINGS,
  'windows-1254',
  'windows-1257',
];
