import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { described, fileId } from '../../testing/events.ts';
import { toDescription } from '../ingest/description.ts';
import { sortKey, type TitleFacts, titleId } from './identity.ts';
import { clean } from './text.ts';

const idOf = (changes: Partial<TitleFacts> = {}, file = 1) => titleId(facts(changes), fileId(file));

const facts = (changes: Partial<TitleFacts> = {}): TitleFacts => ({
  name: 'The Matrix',
  year: 1999,
  kind: 'MOVIE',
  season: null,
  episode: null,
  ...changes,
});

describe('the id of a title', () => {
  it.each(['the matrix', 'THE  MATRIX', 'The.Matrix', 'Thé Mâtrix', 'The_Matrix!'])(
    'is that of The Matrix for %s',
    (name) => {
      expect(idOf({ name })).toBe(idOf());
    },
  );
  it.each([{ name: 'Matrix' }, { year: 2003 }, { year: null }, { kind: 'CLIP' as const }, { season: 1 }])(
    'is another with %j',
    (change) => {
      expect(idOf(change)).not.toBe(idOf());
    },
  );
  it('distinguishes names without letters', () => {
    expect(idOf({ name: '🍿' })).not.toBe(idOf({ name: '🎬' }));
  });
  it('is one for all files of a film or an episode, and of each clip its own', () => {
    const episode = { kind: 'EPISODE' as const, season: 1, episode: 1 };
    expect(idOf({}, 2)).toBe(idOf({}, 1));
    expect(idOf(episode, 2)).toBe(idOf(episode, 1));
    expect(idOf({ kind: 'CLIP' }, 2)).not.toBe(idOf({ kind: 'CLIP' }, 1));
    expect(idOf({ kind: 'CLIP' }, 1)).toBe(idOf({ kind: 'CLIP', name: 'the matrix' }, 1));
  });
  it('is a UUID', () => {
    expect(idOf()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

it('the episodes of a series follow each other', () => {
  const episodes = [
    [1, 2],
    [1, 10],
    [2, 1],
    [10, 1],
  ].map(([season, episode]) => sortKey(facts({ season, episode })));
  expect([...episodes].sort()).toEqual(episodes);
});

it.each(['\u3164', '\u2800', '\u00ad\u061c', '\u{e0041}', '\u0301'])(
  'a name of which nothing can be seen is none: %j',
  (name) => {
    const { title, file } = toDescription(described({ file: 1, name, title: name })).facts;
    expect([title.name, file.name]).toEqual([fileId(1), fileId(1)]);
  },
);

it('whatever a peer says, what is kept is well-formed, short and without control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 2_000 }), (name) => {
      const { title, file } = toDescription(described({ file: 1, name, title: name })).facts;
      for (const text of [title.name, file.name, clean(name, 100)]) {
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
      }
      expect(title.name.length).toBeGreaterThan(0);
      expect(title.name.length).toBeLessThanOrEqual(300);
      expect(file.name.length).toBeLessThanOrEqual(500);
    }),
  );
});
