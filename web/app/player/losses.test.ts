import type { AudioTrack } from '@giggityflix/proto/data-channel';
import { describe, expect, it, vi } from 'vitest';
import { lossesOf, type Served, unheard } from './losses.ts';

vi.hoisted(() => vi.stubGlobal('navigator', { languages: ['en'] }));

const surround: AudioTrack = {
  track: 0,
  language: null,
  name: null,
  codec: 'ac3',
  channels: 6,
  default: true,
  commentary: false,
  audioDescription: false,
};
const served = (changes: Partial<Served>): Served => ({
  file: { audioCodec: 'ac3', height: 1_080, tracks: [] },
  form: { rendition: 'remux' },
  opened: { rendition: 'remux', mimeType: 'video/mp4; codecs="avc1.640028, mp4a.40.2"', audioChannels: 2 },
  tracks: [surround],
  subtitles: 0,
  isSmallerWanted: false,
  canHear: (name) => name === 'aac',
  ...changes,
});
const original: Served['opened'] = { rendition: 'original', mimeType: 'video/mp4' };
const transcode: Served['opened'] = { rendition: 'transcode', mimeType: 'video/mp4; codecs="a, b"' };

describe('what a viewer gets less than the film has', () => {
  it.each<[string, Partial<Served>, RegExp[]]>([
    ['nothing, in stereo on a device with two channels', {}, []],
    [
      'a rendition without sound',
      { opened: { rendition: 'remux', mimeType: 'video/mp4; codecs="avc1.640028"' } },
      [/without sound: the machine it comes from/],
    ],
    [
      'a rendition of which the peer says that it has no sound',
      { opened: { rendition: 'remux', mimeType: 'video/mp4; codecs="a, b"', audioChannels: 0 } },
      [/without sound: the machine it comes from/],
    ],
    [
      'a silent film, which is complete',
      {
        opened: { rendition: 'remux', mimeType: 'video/mp4; codecs="avc1.640028"' },
        file: { audioCodec: null, height: 1_080 },
        tracks: [],
      },
      [],
    ],
    [
      'an original whose sound the browser cannot decode',
      { opened: original },
      [/without sound: this browser cannot decode its sound \(Dolby Digital\)/],
    ],
    [
      'an original of which only the catalog knows the sound',
      { opened: original, tracks: [] },
      [/without sound: this browser/],
    ],
    [
      'stereo where the device has more channels',
      { form: { rendition: 'remux', audioChannels: 6 } },
      [/sound is stereo/],
    ],
    [
      'surround sound where the device has it',
      {
        form: { rendition: 'remux', audioChannels: 8 },
        opened: { ...transcode, rendition: 'remux', audioChannels: 6 },
      },
      [],
    ],
    [
      'a smaller picture',
      { opened: transcode, file: { audioCodec: 'ac3', height: 2_160 } },
      [/1080p instead of 4K/],
    ],
    [
      'a smaller picture that was chosen',
      { opened: transcode, file: { audioCodec: 'ac3', height: 2_160 }, isSmallerWanted: true },
      [],
    ],
    [
      'no subtitles',
      { file: { audioCodec: 'ac3', height: 1_080, tracks: [{ kind: 'SUBTITLE' }] } },
      [/subtitles/],
    ],
    [
      'subtitles that have yet to be listed',
      { file: { audioCodec: 'ac3', height: 1_080, tracks: [{ kind: 'SUBTITLE' }] }, subtitles: null },
      [],
    ],
  ])('%s', (_what, changes, expected) => {
    const losses = lossesOf(served(changes));
    expect(losses).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(losses[index]).toMatch(pattern);
  });

  it('names the sound that makes an original mute', () => {
    expect(unheard(served({ opened: original }))).toBe('ac3');
    expect(unheard(served({ opened: original, tracks: [{ ...surround, codec: 'aac' }] }))).toBeNull();
    expect(unheard(served({}))).toBeNull();
  });
});
