import { expect, it } from 'vitest';
import { identityKeys, slotOf } from './identity-keys.ts';

const film = { name: 'Film', year: 1999, kind: 'MOVIE', season: null, episode: null } as const;
const episode = { name: 'Show', year: null, kind: 'EPISODE', season: 1, episode: 2 } as const;
const id = (provider: string, value: string, ofShow = false) => ({ provider, value, ofShow });

it('a film is known by the ids of known catalogs, the best known first', () => {
  const ids = [id('home', '1'), id('tmdb', '603'), id('imdb', 'tt0133093')];
  expect(identityKeys(film, ids)).toEqual(['MOVIE/imdb:tt0133093', 'MOVIE/tmdb:603']);
});

it('an episode is known by its show and its numbers, and by no id alone that may be its show’s', () => {
  const ids = [id('tvdb', '79126', true), id('imdb', 'tt0749451')];
  expect(identityKeys(episode, ids)).toEqual(['EPISODE/show/tvdb:79126/1/2', 'EPISODE/imdb:tt0749451/1/2']);
  const [own, other] = [2, 3].map((number) => identityKeys({ ...episode, episode: number }, ids));
  expect(own?.some((key) => other?.includes(key))).toBe(false);
  expect(identityKeys({ ...episode, episode: null }, ids)).toEqual([]);
});

it('a clip is known by its content alone', () => {
  expect(identityKeys({ ...film, kind: 'CLIP' }, [id('imdb', 'tt0133093')])).toEqual([]);
});

it('ids of one catalog contradict each other, those of others do not', () => {
  expect(slotOf('MOVIE/imdb:tt0000001')).toBe(slotOf('MOVIE/imdb:tt0000002'));
  expect(slotOf('MOVIE/imdb:tt0000001')).not.toBe(slotOf('MOVIE/tmdb:1'));
  expect(slotOf('EPISODE/show/tvdb:1/1/2')).toBe(slotOf('EPISODE/show/tvdb:9/1/2'));
});
