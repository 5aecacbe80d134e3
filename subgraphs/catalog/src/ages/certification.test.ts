// cspell:disable: labels in many languages
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOARDS, MAX_AGE } from './boards.ts';
import { leastAge, stricter } from './certification.ts';

describe('the least age of a certification', () => {
  it.each<[string, number]>([
    ...([
      ['G', 0],
      ['PG', 8],
      ['PG-13', 13],
      ['pg-13', 13],
      ['PG13', 13],
      ['R', 17],
      ['NC-17', 18],
      ['X', 18],
    ] as [string, number][]),
    ...([
      ['TV-Y', 0],
      ['TV-Y7', 7],
      ['TV-Y7-FV', 7],
      ['TV-G', 0],
      ['TV-PG', 8],
      ['TV-14', 14],
      ['TV-MA', 17],
    ] as [string, number][]),
    ...([
      ['U', 0],
      ['GB:PG', 8],
      ['12', 12],
      ['12A', 12],
      ['UK:15', 15],
      ['BBFC 18', 18],
      ['GB:R18', 18],
    ] as [string, number][]),
    ...([
      ['FSK 0', 0],
      ['FSK 6', 6],
      ['FSK-12', 12],
      ['fsk16', 16],
      ['FSK:18', 18],
      ['FSK o.A.', 0],
    ] as [string, number][]),
    ...([
      ['DE:FSK 12', 12],
      ['de:12', 12],
      ['Germany:16', 16],
      ['FSK ab 12 freigegeben', 12],
    ] as [string, number][]),
    ...([
      ['Freigegeben ab 6 Jahren', 6],
      ['DE: Keine Jugendfreigabe', 18],
      ['FSK ohne Altersbeschränkung', 0],
    ] as [string, number][]),
    ...([
      ['ES:A', 0],
      ['ES:TP', 0],
      ['ES:APTA', 0],
      ['ES:7', 7],
      ['Spain:16', 16],
    ] as [string, number][]),
    ...([
      ['No recomendada para menores de 12 años', 12],
      ['Apta para todos los públicos', 0],
    ] as [string, number][]),
    ...([
      ['FR:U', 0],
      ['FR:TP', 0],
      ['Tous publics', 0],
      ['FR:-12', 12],
      ['Interdit aux moins de 16 ans', 16],
    ] as [string, number][]),
    ...([
      ['NL:AL', 0],
      ['NL:MG6', 6],
      ['Kijkwijzer 9', 9],
      ['Kijkwijzer: 14', 14],
      ['NL:AL (alle leeftijden)', 0],
    ] as [string, number][]),
    ...([
      ['AU:G', 0],
      ['AU:PG', 8],
      ['AU:M', 15],
      ['M', 15],
      ['MA 15+', 15],
      ['AU:MA15+', 15],
      ['AU:R18+', 18],
    ] as [string, number][]),
    ...([
      ['CA:14A', 14],
      ['18A', 18],
      ['CA:R', 18],
      ['CA:13+', 13],
      ['Canada:PG', 8],
    ] as [string, number][]),
    ...([
      ['BR:L', 0],
      ['Livre', 0],
      ['BR:10', 10],
      ['BR:A14', 14],
      ['Brazil:18', 18],
    ] as [string, number][]),
    ...([
      ['JP:G', 0],
      ['PG12', 12],
      ['R15+', 15],
      ['JP:R18+', 18],
    ] as [string, number][]),
    ...([
      ['KR:ALL', 0],
      ['KR:12', 12],
      ['12세이상관람가', 12],
      ['15세 이상 관람가', 15],
      ['청소년 관람불가', 19],
    ] as [string, number][]),
    ...([
      ['Rated PG-13 for intense sequences of violence', 13],
      ['Rated R', 17],
      ['MPAA: PG', 8],
    ] as [string, number][]),
    ...([
      ['US:PG-13', 13],
      ['USA: Rated R for language', 17],
      ['us:tv-ma', 17],
      ['PG-13 - Teens 13 or older', 13],
    ] as [string, number][]),
    ...([
      ['USA:PG-13 / UK:15', 15],
      ['Germany:6/Spain:12', 12],
      ['US:G, XX:what', 0],
      ['１２', 12],
      [' 16+ ', 16],
    ] as [string, number][]),
    ...([
      ['0', 0],
      ['21', 21],
      ['SE:11', 11],
      ['Norway:15', 15],
      ['12 years', 12],
    ] as [string, number][]),
  ])('of %s is %i', (certification, age) => {
    expect(leastAge(certification)).toBe(age);
  });

  it.each([
    ...[
      '',
      ' ',
      'NR',
      'Not Rated',
      'Unrated',
      'US:NR',
      'Approved',
      'A',
      'DE:PG-13',
      'Rated',
      '99',
      '2007',
      '-',
      ':',
    ],
    ...['Rated for 3 scenes', 'constructor', 'US:__proto__', 'toString', `PG-13${' '.repeat(600)}`, '12 13'],
  ])('of %j is not known', (certification) => {
    expect(leastAge(certification)).toBeNull();
  });

  it('is an age whatever a peer says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const age = leastAge(text);
        expect(age === null || (Number.isInteger(age) && age >= 0 && age <= MAX_AGE)).toBe(true);
      }),
    );
  });

  it('is found of every label with its board’s name before it', () => {
    for (const { names, ages } of BOARDS)
      for (const [label, age] of Object.entries(ages))
        expect([label, leastAge(`${names[0]}:${label}`)]).toEqual([label, age]);
  });
});

it('the stricter of two ages is one that is known', () => {
  expect([
    stricter(null, 6),
    stricter(6, null),
    stricter(6, 12),
    stricter(null, null),
    stricter(0, null),
  ]).toEqual([6, 6, 12, null, 0]);
});
