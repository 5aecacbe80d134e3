import { expect, it } from 'vitest';
import { readMedia, writeMedia } from './media.ts';

it('a description is kept in the form the index has always had', () => {
  const stored = JSON.stringify({
    title: 'Film',
    year: 1999,
    season: null,
    episode: null,
    kind: 'MOVIE',
    subtitles: ['film.en.srt'],
    container: 'mp4',
    mimeType: 'video/mp4',
    videoCodec: 'avc',
    audioCodec: 'aac',
    durationSeconds: 60,
    width: 640,
    height: 360,
    language: 'deu',
    tracks: [
      { kind: 'video', codec: 'avc', language: null, width: 640, height: 360 },
      { kind: 'audio', codec: 'aac', language: 'deu', name: 'Stereo', channels: 2 },
      { kind: 'subtitle', codec: 'srt', language: 'deu' },
    ],
    chapters: [{ title: null, startSeconds: 0, endSeconds: null }],
  });
  const unknown = { name: null, width: null, height: null, channels: null };
  const media = readMedia(stored);
  expect(media.tracks).toEqual([
    { ...unknown, kind: 'VIDEO', codec: 'avc', language: null, width: 640, height: 360 },
    { ...unknown, kind: 'AUDIO', codec: 'aac', language: 'deu', name: 'Stereo', channels: 2 },
    { ...unknown, kind: 'SUBTITLE', codec: 'srt', language: 'deu' },
  ]);
  expect(writeMedia(media)).toBe(stored);
});
