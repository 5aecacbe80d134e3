import { describe, expect, it } from 'vitest';
import { clockFault } from './own-clock.ts';

describe('the clock of a file', () => {
  it.each([
    ['begins with the film', { currentTime: 0, duration: 60 }, 60, 0, null],
    ['begins with the film, which is resumed', { currentTime: 20, duration: 60 }, 60, 20, null],
    [
      'begins later',
      { currentTime: 1.4, duration: 61.4 },
      60,
      0,
      'the clock of the file does not begin at 0',
    ],
    [
      'begins later, and the film is resumed',
      { currentTime: 20, duration: 61.4 },
      60,
      20,
      'the clock of the file does not begin at 0',
    ],
    [
      'does not end',
      { currentTime: 0, duration: Number.POSITIVE_INFINITY },
      60,
      0,
      'the file does not say how long it is',
    ],
    [
      'does not end, nor does the film as far as is known',
      { currentTime: 0, duration: Number.POSITIVE_INFINITY },
      null,
      0,
      null,
    ],
  ])('%s', (_what, element, durationSeconds, startSeconds, fault) => {
    expect(clockFault(element, { durationSeconds }, startSeconds)).toBe(fault);
  });
});
