import { expect, it } from 'vitest';
import { createRecentEvents } from './recent.ts';

it('keeps the last events of each channel, and gives those of several in their order', () => {
  const recent = createRecentEvents<number>({ perChannel: 2 });
  for (const [channel, event] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['c', 4],
    ['a', 5],
  ] as const)
    recent.add(channel, event);
  expect(recent.of(['b', 'a', 'a', 'nothing'])).toEqual([2, 3, 5]);
});

it('gives none that are old', () => {
  let now = 0;
  const recent = createRecentEvents<number>({ perChannel: 2, clock: () => now });
  recent.add('a', 1);
  now = 60_000;
  recent.add('a', 2);
  now = 120_001;
  expect(recent.of(['a'])).toEqual([2]);
});

it('keeps a bounded number of channels', () => {
  const recent = createRecentEvents<number>({ perChannel: 1, maxChannels: 2 });
  for (const [index, channel] of ['a', 'b', 'c'].entries()) recent.add(channel, index);
  expect(recent.of(['a', 'b', 'c'])).toEqual([1, 2]);
});
