import { expect, it } from 'vitest';
import { testLibrary } from '../../testing/library.ts';
import { createHistory } from './history.ts';

it('keeps who watched what, of a viewer no more than a tag', () => {
  const library = testLibrary();
  const history = createHistory(library.database);
  const catalogId = 'ab'.repeat(32) as never;
  const session = { sessionId: 'one', catalogId, account: 'ada', startedAt: 1_000, endedAt: 61_000 };
  history.add({ ...session, sentBytes: 5 });
  history.add({ ...session, endedAt: 121_000, sentBytes: 7 });
  history.add({ ...session, sessionId: 'two', endedAt: 9_000, account: null, sentBytes: 1 });
  const [one, two, ...others] = history.latest(10);
  expect(one).toEqual({
    catalogId,
    viewer: expect.stringMatching(/^[0-9a-f]{4}$/),
    startedAt: new Date(1_000).toISOString(),
    endedAt: new Date(121_000).toISOString(),
    sentBytes: 12,
  });
  expect(two).toMatchObject({ viewer: null, sentBytes: 1 });
  expect(others).toEqual([]);
  history.clear();
  expect(history.latest(10)).toEqual([]);
});
