import { expect, it } from 'vitest';
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
