import { describe, expect, it } from 'vitest';
import { endFault, originFault } from './own-clock.ts';

describe('the clock of a file', () => {
  it.each([
    ['ends with the film', 60, 60, null],
    ['does not end', Number.POSITIVE_INFINITY, 60, 'the file does not say how long it is'],
    ['does not end, nor does the film as far as is known', Number.POSITIVE_INFINITY, null, null],
  ])('%s', (_what, duration, durationSeconds, fault) => {
    expect(endFault({ duration }, { durationSeconds })).toBe(fault);
  });

  const track = { track: 0, language: null, name: null, codec: 'opus', channels: 2 };
  const sound = { ...track, default: true, commentary: false, audioDescription: false };
  it.each([
    ['begins with the film', {}, null],
    ['begins where nobody notices', { originSeconds: 0.09 }, null],
    ['begins later', { originSeconds: 1.4 }, 'the clock of the file does not begin at 0'],
    ['begins earlier', { originSeconds: -0.5 }, 'the clock of the file does not begin at 0'],
    [
      'has sound before it',
      { tracks: [{ ...sound, trimmedSeconds: 0.5 }, sound] },
      'the file leaves out the beginning of its sound',
    ],
    ['has other sound before it', { tracks: [sound, { ...sound, trimmedSeconds: 0.5 }] }, null],
  ])('%s', (_what, contents, fault) => {
    expect(originFault({ tracks: [], ...contents })).toBe(fault);
  });
});
