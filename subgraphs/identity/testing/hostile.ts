// cspell:disable: letters of many scripts
import fc from 'fast-check';

const between = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((code) => String.fromCodePoint(code));

/** What nobody sees: control characters, what changes the direction of text, what has no width. */
export const unseen = fc.oneof(
  between(0x00, 0x1f),
  between(0x7f, 0x9f),
  between(0x202a, 0x202e),
  between(0x2066, 0x2069),
  between(0x200b, 0x200f),
  between(0x2060, 0x2064),
  between(0xe0020, 0xe007f),
  fc.constantFrom('\u061c', '\u00ad', '\ufeff', '\u180e', '\u034f', '\u3164', '\u2028', '\u2029'),
);

/** Nothing that can be seen. */
export const invisible = fc.array(unseen, { maxLength: 80 }).map((parts) => parts.join(''));

/** Too long for whatever has a name: 10,000 of anything, and of a few things at once. */
export const endless = fc
  .array(fc.constantFrom('x', 'ж', '字', '😀', 'ﷺ', '👨‍👩‍👧', 'a\u0301', 'a\u202e', '<b>', "';--", '𝐚'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join('').repeat(10_000).slice(0, 10_000));

const word = fc.constantFrom('Anna', 'Аня', 'Zoë', '愛子', 'سارة', 'שרה', 'अनु', 'Ægir', 'Ὀδυσσεύς');

/** A name with what nobody sees in it. */
export const sprinkled = fc
  .tuple(word, fc.array(unseen, { minLength: 1, maxLength: 20 }))
  .map(([name, parts]) => ({ name, text: `${parts.join('')}${name}${parts.reverse().join('')}` }));

/** Letters of the alphabet, and others that look the same. */
const LOOKALIKES: Readonly<Record<string, readonly string[]>> = {
  a: ['а', 'ɑ', 'α'],
  c: ['с', 'ϲ'],
  e: ['е', 'ҽ'],
  i: ['і', 'ı'],
  j: ['ј', 'ϳ'],
  o: ['о', 'ο', 'օ', '০'],
  p: ['р', 'ρ'],
  s: ['ѕ', 'ꜱ'],
  x: ['х', '᙮'],
  y: ['у', 'γ'],
};

/** Two logins that look the same, of which one has letters of other scripts. */
export const lookalikes = fc
  .array(
    fc
      .constantFrom(...Object.entries(LOOKALIKES))
      .chain(([letter, others]) => fc.constantFrom(...others).map((other) => [letter, other] as const)),
    { minLength: 5, maxLength: 12 },
  )
  .chain((letters) =>
    fc.array(fc.boolean(), { minLength: letters.length, maxLength: letters.length }).map((swaps) => ({
      plain: letters.map(([letter]) => letter).join(''),
      other: letters.map(([letter, other], n) => (n === 0 || swaps[n] ? other : letter)).join(''),
    })),
  );

/** An e-mail address in unicode, and the same as another keyboard types it. */
export const email = fc
  .tuple(
    fc.constantFrom('zoë', 'юлия', '愛子', 'søren', 'σοφία', 'אבי', 'ﬁona', 'é\u0301'),
    fc.uuid(),
    fc.constantFrom('пример.рф', 'bücher.example', '例え.テスト', 'example.org'),
  )
  .map(([local, id, domain]) => ({
    login: `${local}.${id}@${domain}`,
    typed: `  ${`${local}.${id}@${domain}`.normalize('NFD').toUpperCase()} `.replace('@', '＠'),
  }));

const SCHEMES = [
  'javascript:',
  'JaVaScRiPt:',
  'java\tscript:',
  '\u0001javascript:',
  ' javascript:',
  'data:text/html,',
  'vbscript:',
  'blob:',
  'file:///',
];
const ELSEWHERE = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https:evil.example',
  'https://evil.example',
  'http://localhost:4000@evil.example',
  'http://localhost:4000\\@evil.example/',
  'http://localhost:4000.evil.example/signed-in',
];

/** Addresses that run something, or lead to someone else's page. */
export const elsewhere = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...SCHEMES),
      fc.constantFrom('alert(1)', '<script>alert(1)</script>', '//localhost:4000/signed-in%0aalert(1)'),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(...ELSEWHERE),
);
