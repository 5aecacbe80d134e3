// cspell:ignore Filme
import { expect, it } from 'vitest';
import { isWithin, MAX_FOLDER_LENGTH, parseFolder } from './folder.ts';

it.each(['Films', 'Films/Kids', 'Films/a b/…', 'x'.repeat(MAX_FOLDER_LENGTH), 'C:/x', '...'])(
  '%s is a folder',
  (folder) => {
    expect(parseFolder(folder)).toBe(folder);
  },
);

it('one name is one text in both of Unicode’s forms', () => {
  expect(parseFolder('Filme fu\u0308r alle')).toBe('Filme f\u00fcr alle');
});

it.each([
  ...['', '/', '/Films', 'Films/', 'Films//Kids', '.', '..', 'Films/../Kids', './Films', 'Films/./x'],
  ...['a\0b', 'a\nb', 'a\u202eb', '\ud800', 'x'.repeat(MAX_FOLDER_LENGTH + 1), null, 7, ['Films'], {}],
])('%j is none', (given) => {
  expect(parseFolder(given)).toBeNull();
});

it('a folder is within another by whole names', () => {
  expect(isWithin('Films/Kids', 'Films')).toBe(true);
  expect(isWithin('Films', 'Films')).toBe(true);
  expect(isWithin('Films2', 'Films')).toBe(false);
  expect(isWithin('Films', 'Films/Kids')).toBe(false);
  expect(isWithin('films/Kids', 'Films')).toBe(false);
});
