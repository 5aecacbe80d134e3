import { describe, expect, it } from 'vitest';
import { choosePicture, chooseSound, type TrackRole } from './roles.ts';

const picture = (changes: Partial<TrackRole> = {}): TrackRole => ({
  codec: 'h264',
  isDefault: false,
  ...changes,
});
const sound = (changes: Partial<TrackRole> = {}): TrackRole => ({
  codec: 'aac',
  isDefault: false,
  ...changes,
});

describe('the picture of a film', () => {
  it.each<[string, TrackRole[], number | null]>([
    ['nothing', [], null],
    ['one', [picture()], 0],
    ['a cover first', [picture({ codec: 'mjpeg', isStill: true, isDefault: true }), picture()], 1],
    ['a cover last', [picture(), picture({ codec: 'png', isStill: true, isDefault: true })], 0],
    ['a cover that nobody marked', [picture({ codec: 'mjpeg', isDefault: true }), picture()], 1],
    ['a cover of sound', [picture({ codec: 'mjpeg', isStill: true })], null],
    ['a film in pictures', [picture({ codec: 'mjpeg' })], 0],
    ['the one its maker marked', [picture(), picture({ isDefault: true })], 1],
    ['the first of many', [picture({ isDefault: true }), picture({ isDefault: true })], 0],
  ])('is chosen by its role: %s', (_what, tracks, expected) => {
    expect(choosePicture(tracks)).toBe(expected);
  });
});

describe('the sound of a film', () => {
  it.each<[string, TrackRole[], number | null]>([
    ['nothing', [], null],
    ['the first', [sound(), sound()], 0],
    ['the one its maker marked', [sound(), sound({ isDefault: true })], 1],
    ['no commentary', [sound({ isCommentary: true, isDefault: true }), sound()], 1],
    ['no commentary by its name', [sound({ name: "Director's Commentary", isDefault: true }), sound()], 1],
    ['no description of the picture', [sound({ isForVisuallyImpaired: true, isDefault: true }), sound()], 1],
    ['the only one, whatever it is', [sound({ isCommentary: true })], 0],
    ['words before music alone', [sound({ language: 'zxx' }), sound({ language: 'eng' })], 1],
    [
      'the original where all are marked',
      [sound({ isDefault: true }), sound({ isDefault: true, isOriginal: true })],
      1,
    ],
  ])('is chosen by its role: %s', (_what, tracks, expected) => {
    expect(chooseSound(tracks)).toBe(expected);
  });
});
