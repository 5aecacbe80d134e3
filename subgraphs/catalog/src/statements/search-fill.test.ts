import { createLogger } from '@giggityflix/kernel';
import { expect, it } from 'vitest';
import { createSearchFill } from './search-fill.ts';

it('starts although titles cannot be made found, and goes on from the first one', async () => {
  const asked: string[] = [];
  const filled = Promise.withResolvers<void>();
  const fill = createSearchFill({
    titles: () => ({
      async next(after) {
        asked.push(after);
        if (asked.length === 1) throw new Error('written by another process');
        return { last: null, due: [] };
      },
      renew: async () => {},
    }),
    words: () => ({ removeUnused: async () => null }),
    onFilled: filled.resolve,
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  await fill.start();
  await filled.promise;
  await fill.stop();
  expect(asked).toEqual(['', '']);
});
