import { expect, it } from 'vitest';
import { createEndedSessions } from './ended-sessions.ts';

it('remembers a session until its tokens have ended', () => {
  let now = 1_000_000;
  const ended = createEndedSessions(() => now);
  ended.add('one', null);
  ended.add('two', now + 7_200_000);
  // A second notice, of a peer that has forgotten the token, shortens nothing.
  ended.add('two', null);
  now += 3_500_000;
  expect([ended.has('one'), ended.has('two'), ended.has('three')]).toEqual([true, true, false]);
  now += 200_000;
  expect([ended.has('one'), ended.has('two')]).toEqual([false, true]);
});

it('forgets the oldest of too many', () => {
  const ended = createEndedSessions(() => 0, 3);
  for (const id of ['a', 'b', 'c', 'd']) ended.add(id, null);
  expect(['a', 'b', 'c', 'd'].map(ended.has)).toEqual([false, true, true, true]);
});
