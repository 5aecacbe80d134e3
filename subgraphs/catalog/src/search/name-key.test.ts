// cspell:disable: names in many languages
import { describe, expect, it } from 'vitest';
import type { TitleFacts } from '../titles/identity.ts';
import { splitArticle } from './leading-article.ts';
import { nameKey } from './name-key.ts';

const film = (name: string, facts: Partial<TitleFacts> = {}): TitleFacts => ({
  name,
  year: null,
  kind: 'MOVIE',
  season: null,
  episode: null,
  ...facts,
});

/** The names in the order of their keys. */
function ordered(names: readonly string[]): string[] {
  const keys = new Map(names.map((name) => [name, nameKey(film(name), null)]));
  return [...names].sort((one, other) =>
    Buffer.compare(Buffer.from(keys.get(one)!), Buffer.from(keys.get(other)!)),
  );
}

describe('articles of names', () => {
  it.each([
    ['The Matrix', null, 'Matrix'],
    ['THE MATRIX', 'deu', 'MATRIX'],
    ['A Beautiful Mind', null, 'Beautiful Mind'],
    ['An Education', null, 'Education'],
    ['Der Pate', null, 'Pate'],
    ['Das Boot', 'en', 'Boot'],
    ['Die Verurteilten', 'de', 'Verurteilten'],
    ['Les Misérables', null, 'Misérables'],
    ['La Haine', 'fra', 'Haine'],
    ['L’Avventura', null, 'Avventura'],
    ["L'Avventura", null, 'Avventura'],
    ['El laberinto del fauno', null, 'laberinto del fauno'],
    ['Los olvidados', 'es-MX', 'olvidados'],
    ['Il postino', null, 'postino'],
    ['I soliti ignoti', 'ita', 'soliti ignoti'],
    ['O Pagador de Promessas', 'pt-BR', 'Pagador de Promessas'],
    ['De Aanslag', 'nld', 'Aanslag'],
    ["'t Schaep met de 5 pooten", null, 'Schaep met de 5 pooten'],
    ['En man som heter Ove', 'swe', 'man som heter Ove'],
    ['Det sjunde inseglet', null, 'sjunde inseglet'],
  ])('%s in %s is %s', (name, language, rest) => {
    expect(splitArticle(name, language).rest).toBe(rest);
  });

  it.each([
    ['The', null],
    ['Die', 'de'],
    ['A', null],
    ['The !!!', null],
    ['Die Hard', null],
    ['Die Hard', 'de'],
    ['Die Hard 2', 'deu'],
    ['Las Vegas', 'es'],
    ['Los olvidados', null],
    ['La La Land', 'fr'],
    ['La Haine', 'en'],
    ['I Am Legend', null],
    ['O Brother, Where Art Thou?', null],
    ['De Palma', null],
    ['A.I. Artificial Intelligence', null],
    ['Thé au harem', null],
    ['Theatre', null],
    ['L.A. Confidential', null],
    ['Den of Thieves', 'not a language'],
    ['À bout de souffle', 'fr'],
    ['İ', null],
  ])('%s in %s stays', (name, language) => {
    expect(splitArticle(name, language)).toEqual({ article: '', rest: name.normalize('NFC') });
  });
});

describe('the order of names', () => {
  it('goes without articles, a name before those that go on, and by numbers', () => {
    const names = ['10', '300', 'Alien', 'The Alien', 'Alien 2', 'Alien 10', 'Alien: Romulus', "L'Avventura"];
    const more = ['Die', 'Die Hard', 'The Matrix', 'Öl', 'Der Pate', 'The', 'The The', 'Zoo'];
    const all = [...names, ...more];
    expect(ordered(all.toReversed())).toEqual(all);
  });

  it('keeps episodes together, and namesakes by year', () => {
    const [language, episode] = ['de', { kind: 'EPISODE' } as const];
    const keys = [
      film('Die Brücke', { ...episode, season: 1, episode: 9 }),
      film('Die Brücke', { ...episode, season: 1, episode: 10 }),
      film('Die Brücke', { ...episode, season: 2, episode: 1 }),
    ].map((title, n) => nameKey(title, n === 1 ? language : null));
    expect(keys.toSorted()).toEqual(keys);
    const years = [null, 1986, 1995].map((year) => nameKey(film('Heat', { year }), null));
    expect(years.toSorted()).toEqual(years);
  });

  it('has no more than what can be indexed, whatever the name', () => {
    for (const name of ['1 '.repeat(500), '𝒜'.repeat(500), '🦄'.repeat(500), '\ud83d'])
      expect(Buffer.byteLength(nameKey(film(name), null))).toBeLessThan(1_300);
  });
});
