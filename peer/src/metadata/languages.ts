/** ISO 639-2: the bibliographic codes Matroska has, and the terminological ones everything else has. */
const TERMINOLOGICAL: Readonly<Record<string, string>> = {
  alb: 'sqi',
  arm: 'hye',
  baq: 'eus',
  bur: 'mya',
  chi: 'zho',
  cze: 'ces',
  dut: 'nld',
  fre: 'fra',
  geo: 'kat',
  ger: 'deu',
  gre: 'ell',
  ice: 'isl',
  mac: 'mkd',
  mao: 'mri',
  may: 'msa',
  per: 'fas',
  rum: 'ron',
  slo: 'slk',
  tib: 'bod',
  wel: 'cym',
};

/** "Undetermined" and "no linguistic content" say nothing. */
const NO_LANGUAGE = new Set(['', 'und', 'zxx', 'mis']);

/** A track's language by its terminological code, or the BCP 47 tag it has; null when the file does not say. */
export function normalizeLanguage(tag: string | null | undefined): string | null {
  const text = (tag ?? '').trim();
  const code = text.toLowerCase();
  if (NO_LANGUAGE.has(code)) return null;
  return TERMINOLOGICAL[code] ?? (code.length === 3 ? code : text);
}
