import { expect, it } from 'vitest';
import { baseLanguage, viewerLanguages } from './languages.ts';

it.each([
  ['deu', 'de'],
  ['ger', 'de'],
  ['de-AT', 'de'],
  ['pt-BR', 'pt'],
  ['zh-Hant-TW', 'zh'],
  ['und', null],
  ['mul', null],
  ['', null],
  ['no tag', null],
])('the language of %j is %j', (tag, language) => {
  expect(baseLanguage(tag)).toBe(language);
});

it('are those of the browser, each once', () => {
  expect(viewerLanguages(['', 'en-GB', 'en', 'deu', 'x'])).toEqual(['en', 'de']);
});
