// cspell:disable: names in many languages
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleText } from './visible-text.ts';

describe('text of a stranger', () => {
  it.each([
    ['U+061C', 'a\u061cb'],
    ['U+00AD', 'a\u00adb'],
    ['U+180E', 'a\u180eb'],
    ['U+034F', 'a\u034fb'],
    ['U+202E', 'a\u202eb'],
    ['U+2066', 'a\u2066b'],
    ['tags', 'a\u{e0001}\u{e0041}\u{e007f}b'],
    ['a selector', 'a\ufe0fb'],
    ['a Hangul filler', 'a\u3164b'],
    ['an annotation', 'a\ufff9b'],
  ])('has no %s', (_what, text) => {
    expect(visibleText(text)).toBe('ab');
  });

  it.each([
    ['fillers', '\u3164\u3164'],
    ['blanks of Braille', '\u2800\u2800'],
    ['spaces', '\u00a0\u3000 \n'],
    ['joiners', '\u200d\u200c'],
    ['marks alone', '\u0301\u0301'],
  ])('is empty where it is only %s', (_what, text) => {
    expect(visibleText(text)).toBe('');
  });

  it('has few marks in a row, and is one line', () => {
    expect(visibleText(`x${'\u0316'.repeat(290)}y`)).toBe(`x${'\u0316'.repeat(4)}y`);
    expect(visibleText(`x${'\u0316\u200d'.repeat(290)}y`).length).toBeLessThan(8);
    expect(visibleText(' two\r\n\u2028 lines\u0000 ')).toBe('two lines');
  });

  it.each([
    'Amélie (2001) – “Le Fabuleux Destin”',
    'می\u200cخواهم',
    'क्\u200dष',
    '👨\u200d👩\u200d👧 ❤\ufe0f 5\ufe0f\u20e3',
    '千と千尋の神隠し',
    'שָׁלוֹם',
    '⠋⠊⠇⠍',
  ])('stays as people write it: %s', (text) => {
    expect(visibleText(text)).toBe(text.normalize('NFC'));
  });

  it('is made of any, and again the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = visibleText(text);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/\p{Bidi_Control}|\p{Cc}|\p{M}{5}/u);
      }),
    );
  });
});
