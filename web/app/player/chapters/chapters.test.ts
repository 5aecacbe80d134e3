import { describe, expect, it } from 'vitest';
import { chapterAt } from './chapters.ts';
import { skippable } from './skip.ts';

describe('a place in a film', () => {
  it('is in the chapter that began last', () => {
    const chapters = [0, 60, 60, 120].map((startSeconds) => ({ startSeconds, title: null }));
    expect([0, 59, 60, 500].map((seconds) => chapterAt(chapters, seconds))).toEqual([0, 0, 2, 3]);
    expect(chapterAt(chapters.slice(1), 5)).toBe(-1);
  });

  it('may be in an intro or in credits, until they are nearly over', () => {
    const intro = { kind: 'INTRO', startSeconds: 10, endSeconds: 30 } as const;
    const credits = { kind: 'CREDITS', startSeconds: 100, endSeconds: 120 } as const;
    const at = (seconds: number) => skippable([intro, credits], seconds)?.kind ?? null;
    expect([9, 10, 27, 29, 30, 110].map(at)).toEqual([null, 'INTRO', 'INTRO', null, null, 'CREDITS']);
  });
});
