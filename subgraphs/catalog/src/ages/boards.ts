// cspell:disable: labels in many languages
/** A board that says from which age films may be watched. */
export interface Board {
  /** How a certification names it, or its country, before a colon or a space; in capitals. */
  names: readonly string[];
  /** Least ages by label; labels in capitals, of letters and digits alone. Plain numbers are ages everywhere. */
  ages: Readonly<Record<string, number>>;
}

/** The version of these rules: with a greater one, the ages of all titles are found again. */
export const AGE_RULES = 1;

/** Nobody is asked to be older. */
export const MAX_AGE = 21;

/** Boards by which certifications are read; of those that name none, in this order. */
export const BOARDS: readonly Board[] = [
  {
    // Films by the MPA, television by the TV Parental Guidelines.
    names: [
      'US',
      'USA',
      'UNITED STATES',
      'UNITED STATES OF AMERICA',
      'MPAA',
      'MPA',
      'TV PARENTAL GUIDELINES',
    ],
    ages: {
      ...{ G: 0, GP: 8, PG: 8, PG13: 13, R: 17, RX: 18, NC17: 18, X: 18 },
      ...{ TVY: 0, TVG: 0, TVY7: 7, TVY7FV: 7, TVPG: 8, TV14: 14, TVMA: 17 },
    },
  },
  {
    names: ['GB', 'UK', 'UNITED KINGDOM', 'GREAT BRITAIN', 'BBFC'],
    ages: { UC: 0, U: 0, PG: 8, '12A': 12, R18: 18 },
  },
  {
    names: ['DE', 'GER', 'DEU', 'GERMANY', 'DEUTSCHLAND', 'FSK', 'FREIGEGEBEN'],
    ages: {
      ...{ OA: 0, OHNE: 0, OHNEALTERSBESCHRANKUNG: 0, OHNEALTERSBEGRENZUNG: 0 },
      ...{ KJ: 18, KEINEJUGENDFREIGABE: 18 },
    },
  },
  {
    names: ['NL', 'NLD', 'NETHERLANDS', 'THE NETHERLANDS', 'NEDERLAND', 'KIJKWIJZER'],
    ages: { AL: 0, ALLELEEFTIJDEN: 0, MG6: 6 },
  },
  {
    names: ['ES', 'ESP', 'SPAIN', 'ESPAÑA', 'ICAA'],
    ages: {
      ...{ A: 0, AI: 0, TP: 0, T: 0, APTA: 0, ERI: 0, I: 0 },
      ...{ APTAPARATODOSLOSPUBLICOS: 0, TODOSLOSPUBLICOS: 0, X: 18 },
    },
  },
  {
    names: ['FR', 'FRA', 'FRANCE', 'CNC', 'CSA'],
    ages: { U: 0, T: 0, TP: 0, TOUSPUBLICS: 0, X: 18 },
  },
  {
    names: ['AU', 'AUS', 'AUSTRALIA', 'ACB'],
    ages: {
      P: 0,
      C: 0,
      G: 0,
      PG: 8,
      M: 15,
      MA: 15,
      MA15: 15,
      AV15: 15,
      R: 18,
      R18: 18,
      RC: 18,
      X: 18,
      X18: 18,
    },
  },
  {
    names: ['CA', 'CAN', 'CANADA', 'CHVRS'],
    ages: {
      ...{ C: 0, C8: 8, G: 0, PG: 8, '14A': 14, '18A': 18, R: 18, A: 18, E: 0 },
      ...{ TVY: 0, TVG: 0, TVY7: 7, TVPG: 8, TV14: 14, TVMA: 17 },
    },
  },
  {
    names: ['BR', 'BRA', 'BRAZIL', 'BRASIL', 'DJCTQ', 'CLASSIND'],
    ages: { L: 0, AL: 0, LIVRE: 0, A10: 10, A12: 12, A14: 14, A16: 16, A18: 18 },
  },
  {
    names: ['JP', 'JPN', 'JAPAN', 'EIRIN'],
    ages: { G: 0, PG12: 12, R15: 15, R18: 18 },
  },
  {
    names: ['KR', 'KOR', 'KOREA', 'SOUTH KOREA', 'KMRB'],
    ages: { ALL: 0, 전체: 0, 전체관람가: 0, 청소년관람불가: 19, 청불: 19, R18: 19, R: 19, RESTRICTED: 19 },
  },
  // Boards whose labels are ages, or few.
  { names: ['IT', 'ITA', 'ITALY', 'ITALIA'], ages: { T: 0, VM14: 14, VM18: 18, '6ANNI': 6 } },
  { names: ['SE', 'SWE', 'SWEDEN', 'SVERIGE'], ages: { BTL: 0, BARNTILLATEN: 0 } },
  { names: ['NO', 'NOR', 'NORWAY', 'NORGE', 'DK', 'DENMARK', 'FI', 'FINLAND'], ages: { A: 0, S: 0, T: 0 } },
  { names: ['IE', 'IRL', 'IRELAND'], ages: { G: 0, PG: 8, '12A': 12, '15A': 15 } },
  { names: ['IN', 'IND', 'INDIA'], ages: { U: 0, UA: 12, UA7: 7, UA13: 13, UA16: 16, A: 18, S: 18 } },
  {
    names: ['AT', 'AUSTRIA', 'CH', 'SWITZERLAND', 'BE', 'BELGIUM', 'PT', 'PORTUGAL', 'PL', 'POLAND'],
    ages: {},
  },
];

/** Labels that mean another thing at another board, and so nothing where a certification names none. */
export const AMBIGUOUS: ReadonlySet<string> = new Set(['A', 'AI', 'C', 'E', 'I', 'P', 'S', 'T', 'OHNE']);

/** Of the labels of several boards, those whose strictest age stands where none is named. */
export const STRICTEST: Readonly<Record<string, number>> = { MA: 17, R18: 18 };
