// cspell:ignore Vorspann Abspann Szene
import { expect, it } from 'vitest';
import { markersOfChapters, mergeMarkers } from './chapter-names.ts';

const chapters = (...names: (string | null)[]) =>
  names.map((title, index) => ({ title, startSeconds: index * 60, endSeconds: null }));

it.each([
  [
    ['Prologue', 'Opening', 'Part A', 'Part B', 'Ending', 'Preview'],
    [
      ['INTRO', 60, 120],
      ['CREDITS', 240, 300],
    ],
  ],
  [
    ['Intro', 'Film', 'Credits'],
    [
      ['INTRO', 0, 60],
      ['CREDITS', 120, 180],
    ],
  ],
  [
    ['OP', 'A', 'ED'],
    [
      ['INTRO', 0, 60],
      ['CREDITS', 120, 180],
    ],
  ],
  [
    ['01 Vorspann', 'Szene', 'Abspann'],
    [
      ['INTRO', 0, 60],
      ['CREDITS', 120, 180],
    ],
  ],
  [
    ['オープニング', 'エンディング'],
    [
      ['INTRO', 0, 60],
      ['CREDITS', 60, 120],
    ],
  ],
  [
    ['Opening credits', 'End credits'],
    [
      ['INTRO', 0, 60],
      ['CREDITS', 60, 120],
    ],
  ],
  [['The Opening of the Mouth', 'Chapter 2', null, 'Endgame', 'Operation', 'Edward', 'Themes of love'], []],
])('chapters %j are skipped at %j', (names, expected) => {
  const found = markersOfChapters(chapters(...names), names.length * 60);
  expect(found.map(({ kind, startSeconds, endSeconds }) => [kind, startSeconds, endSeconds])).toEqual(
    expected,
  );
});

it('a part that is too long or has no end is none', () => {
  expect(markersOfChapters([{ title: 'Intro', startSeconds: 0, endSeconds: 3_000 }], 6_000)).toEqual([]);
  expect(markersOfChapters([{ title: 'Credits', startSeconds: 9, endSeconds: null }], null)).toEqual([]);
  expect(markersOfChapters([{ title: 'Credits', startSeconds: 9, endSeconds: 5 }], null)).toEqual([]);
});

it('what was found stands before what chapters are called', () => {
  const marker = (kind: 'INTRO' | 'CREDITS', startSeconds: number) => ({
    kind,
    startSeconds,
    endSeconds: 99,
  });
  expect(mergeMarkers([marker('INTRO', 5)], [marker('INTRO', 0), marker('CREDITS', 80)])).toEqual([
    marker('INTRO', 5),
    marker('CREDITS', 80),
  ]);
});
