import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DocumentLimits, parseWithin } from './limits.ts';

const LIMITS: DocumentLimits = { tokens: 2_000, depth: 8, aliases: 10, selections: 500 };
const codeOf = (source: string, limits = LIMITS) => {
  const parsed = parseWithin(source, limits);
  return parsed.ok ? 'within' : parsed.code;
};
const times = (count: number, each: (n: number) => string) =>
  Array.from({ length: count }, (_v, n) => each(n)).join(' ');
/** Fragments that spread the next one twice, `levels` times, around one field. */
const bomb = (levels: number) =>
  `{ ...F0 } ${times(levels, (n) => `fragment F${n} on T { ...F${n + 1} ...F${n + 1} }`)} fragment F${levels} on T { a }`;

describe('a document', () => {
  const atTheLimit: [string, (count: number) => string, number][] = [
    ['levels of fields', (count) => `${'{a'.repeat(count)}${'}'.repeat(count)}`, LIMITS.depth],
    ['aliases', (count) => `{${times(count, (n) => `a${n}: a`)}}`, LIMITS.aliases],
    [
      'aliases of a fragment',
      (count) => `{${times(count, (n) => `f${n} {...F}`)}} fragment F on T {b: c}`,
      LIMITS.aliases,
    ],
    ['fields', (count) => `{${times(count, (n) => `a${n}`)}}`, LIMITS.selections],
    [
      'fields of several operations',
      (count) => `query A {${times(100, (n) => `a${n}`)}} query B {${times(count - 100, (n) => `a${n}`)}}`,
      LIMITS.selections,
    ],
    [
      'fields of unused fragments',
      (count) => `{a} fragment F on T {${times(count - 1, (n) => `a${n}`)}}`,
      LIMITS.selections,
    ],
    ['one name in one place', (count) => `{${times(count, () => 'a')}}`, 50],
    ['one name through inline fragments', (count) => `{${times(count, () => '... {a}')}}`, 50],
    ['one name through spreads', (count) => `{${times(count, () => '...F')}} fragment F on T {a}`, 50],
    ['one name in sets that merge', (count) => `{${times(count, () => 'a {b}')}}`, 50],
    ['tokens', (count) => `{a(b: [${'1 '.repeat(count - 9)}])}`, LIMITS.tokens],
  ];
  it.each(atTheLimit)('has at most so many %s', (_what, document, limit) => {
    expect(codeOf(document(limit))).toBe('within');
    expect(codeOf(document(limit + 1))).toBe('OPERATION_TOO_COMPLEX');
  });

  it.each([
    ['fragments that double 60 times', bomb(60)],
    ['a fragment that spreads itself', '{...A} fragment A on T {a ...A}'],
    ['fragments in a circle, unused', '{a} fragment A on T {...B} fragment B on T {...A}'],
    ['inline fragments nested 300 deep', `{${'... {'.repeat(300)}a${'}'.repeat(301)}`],
    ['sets nested deeper than the stack', '{a'.repeat(500_000)],
    ['lists nested deeper than the stack', `{a(b: ${'['.repeat(500_000)}`],
    ['the name of every object’s prototype', '{__proto__: a}'],
    ['sets that merge 60 by 60', `{${times(60, () => `a {${times(7, () => 'b')}}`)}}`],
  ])('with %s is refused', (_what, source) => {
    expect(codeOf(source, { ...LIMITS, tokens: 10_000_000 })).toBe('OPERATION_TOO_COMPLEX');
  });

  it('that is no GraphQL is refused with the place', () => {
    expect(parseWithin('{ a', LIMITS)).toMatchObject({
      ok: false,
      code: 'GRAPHQL_PARSE_FAILED',
      locations: [{ line: 1, column: 4 }],
    });
  });

  it('of any text whatever is accepted or refused, and never throws', () => {
    const words = [
      '{',
      '}',
      '...',
      'on',
      'a',
      'b:',
      '(',
      ')',
      '[',
      ']',
      '$',
      '@',
      '"',
      'fragment',
      'F',
      'query',
      '1',
      '#',
      '\n',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (parts) => {
        expect(['within', 'GRAPHQL_PARSE_FAILED', 'OPERATION_TOO_COMPLEX']).toContain(
          codeOf(parts.join(' ')),
        );
      }),
    );
  });
});
