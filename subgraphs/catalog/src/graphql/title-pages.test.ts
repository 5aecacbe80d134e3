import { describe, expect, it, vi } from 'vitest';
import { MAX_SEARCH_WORDS } from '../search/query.ts';
import { encodeCursor } from './cursor.ts';
import { pageOfTitles } from './title-pages.ts';

const store = { pageOfTitles: async () => [] };
const search = (words: number, separator: string) =>
  pageOfTitles(store as never, {
    first: 1,
    after: encodeCursor({ sortKey: 'a', id: 'b' }),
    filter: { search: Array.from({ length: words }, (_, n) => `w${n}`).join(separator) },
  });

it.each([' ', '-', '\u200B', '\u00AD', '\u2060', '\u0000'])(
  'bounds the words between %j',
  async (separator) => {
    await expect(search(MAX_SEARCH_WORDS + 1, separator)).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
    await expect(search(MAX_SEARCH_WORDS, separator)).resolves.toMatchObject({ edges: [] });
  },
);

describe('a cursor', () => {
  const SEARCH = { filter: { search: 'word' } };
  const former = { sortKey: 'a', id: 'b' };
  const byName = { sort: 'NAME', nameKey: 'a', id: 'b' } as const;
  const byArrival = { sort: 'ADDED', addedAt: 5, id: 'b' } as const;
  const byYear = { sort: 'RELEASED', year: 0, nameKey: 'a', id: 'b' } as const;
  const found = { stage: 1, rank: '5' };

  it.each([
    [former, {}],
    [former, { sort: 'NAME' }],
    [former, SEARCH],
    [byName, {}],
    [byName, { sort: 'NAME' }],
    [byName, { sort: 'NAME', ...SEARCH }],
    [byArrival, { sort: 'ADDED' }],
    [byYear, { sort: 'RELEASED', ...SEARCH }],
    [found, SEARCH],
  ] as const)('%j goes on in the list %j', async (after, list) => {
    const noting = { pageOfTitles: vi.fn(async () => []) };
    await pageOfTitles(noting as never, { first: 1, after: encodeCursor(after), ...list });
    expect(noting.pageOfTitles).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ after }), 2);
  });

  it.each([
    [former, { sort: 'ADDED' }],
    [byName, { sort: 'ADDED' }],
    [byName, SEARCH],
    [byArrival, {}],
    [byYear, { sort: 'NAME' }],
    [found, {}],
    [found, { sort: 'NAME', ...SEARCH }],
  ] as const)('%j is refused by the list %j', async (after, list) => {
    await expect(
      pageOfTitles(store as never, { first: 1, after: encodeCursor(after), ...list }),
    ).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
      message: expect.stringContaining('another order'),
    });
  });

  it.each([
    ['NAME', 'a\0', 'b'],
    ['ADDED', 1e300, 'b'],
    ['ADDED', 1.5, 'b'],
    ['RELEASED', -1, 'a', 'b'],
    ['a\0', 'b'],
    ['X', 'a', 'b'],
    {},
  ])('of %j is none', async (...parts) => {
    const after = Buffer.from(JSON.stringify(parts)).toString('base64url');
    await expect(pageOfTitles(store as never, { first: 1, after })).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});
