import {
  descriptionFromMessage,
  descriptionToMessage,
  MediaDescription as Message,
} from '@giggityflix/proto';
import {
  clipDescription,
  MAX_CHANNELS,
  MAX_CHAPTERS,
  MAX_CODEC_LENGTH,
  MAX_EPISODE,
  MAX_LABEL_LENGTH,
  MAX_LANGUAGE_LENGTH,
  MAX_MIME_TYPE_LENGTH,
  MAX_NAME_LENGTH,
  MAX_OUTLINE_LENGTH,
  MAX_PIXELS,
  MAX_PLOT_LENGTH,
  MAX_RUNTIME_MINUTES,
  MAX_SEASON,
  MAX_TERM_LENGTH,
  MAX_TITLE_LENGTH,
  MAX_TRACKS,
  MAX_YEAR,
  MIN_YEAR,
  mediaDescription,
} from '@giggityflix/proto/media-file';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromMediaDescribed, peerMediaDescribed, toMediaDescribed } from './media-described.ts';

const hex = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength, maxLength });

/** The generators of a description that its details share. */
interface Parts {
  name(max: number): fc.Arbitrary<string>;
  text(max: number): fc.Arbitrary<string | null>;
  count(max: number, min?: number): fc.Arbitrary<number | null>;
}

function details(beyond: number, { name, text, count }: Parts) {
  const externalIds = fc.array(
    fc.record({
      provider: fc.constantFrom('imdb', 'tmdb', 'tvdb'),
      value: hex(1, 40),
      ofShow: fc.boolean(),
    }),
    { maxLength: 3 },
  );
  const terms = fc.array(name(MAX_TERM_LENGTH), { maxLength: Math.ceil(3 * beyond) });
  return fc.record({
    originalTitle: text(MAX_TITLE_LENGTH),
    sortTitle: text(MAX_TITLE_LENGTH),
    episodeTitle: text(MAX_TITLE_LENGTH),
    plot: name(MAX_PLOT_LENGTH),
    outline: text(MAX_OUTLINE_LENGTH),
    tagline: text(MAX_OUTLINE_LENGTH),
    genres: terms,
    tags: terms,
    studios: terms,
    people: fc.array(
      fc.record({
        name: name(MAX_TERM_LENGTH),
        role: text(MAX_TERM_LENGTH),
        job: fc.constantFrom('ACTOR' as const, 'DIRECTOR' as const, 'WRITER' as const, 'PRODUCER' as const),
      }),
      { maxLength: 3 },
    ),
    ratings: fc.array(
      fc.record({
        source: text(MAX_CODEC_LENGTH),
        value: fc.double({ min: 0, max: 1_000 * beyond, noNaN: true }),
        scale: fc.constantFrom(5, 10, 100),
        votes: count(2_000_000_000),
      }),
      { maxLength: 3 },
    ),
    certification: text(MAX_TERM_LENGTH),
    collection: text(MAX_TERM_LENGTH),
    externalIds,
    premiered: fc.option(fc.constant('1999-03-31')),
    runtimeMinutes: count(MAX_RUNTIME_MINUTES),
    lastEpisode: count(MAX_EPISODE, 0),
    extraOf: fc.option(
      fc.record({
        title: name(MAX_TITLE_LENGTH),
        year: fc.option(fc.integer({ min: MIN_YEAR, max: MAX_YEAR })),
        kind: fc.constantFrom('MOVIE' as const, 'EPISODE' as const),
        season: count(MAX_SEASON, 0),
        episode: count(MAX_EPISODE, 0),
        externalIds,
      }),
    ),
    showPlot: text(MAX_PLOT_LENGTH),
    seasonTitle: text(MAX_TITLE_LENGTH),
  });
}

/** Descriptions with numbers and lengths up to `beyond` times what is allowed; 1 for those that are valid. */
function descriptions(beyond: number) {
  const times = (limit: number) => Math.ceil(limit * beyond);
  const name = (max: number) =>
    fc
      .tuple(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: times(max) }),
      )
      .map(([part, length]) => part.repeat(length).slice(0, length).toWellFormed());
  const text = (max: number) => fc.option(name(max));
  const count = (max: number, min = 1) => fc.option(fc.integer({ min, max: times(max) }));
  const seconds = (min: number) => fc.double({ min, max: 1e9, noNaN: true });
  const track = fc.record({
    kind: fc.constantFrom('VIDEO' as const, 'AUDIO' as const, 'SUBTITLE' as const),
    codec: text(MAX_CODEC_LENGTH),
    language: text(MAX_LANGUAGE_LENGTH),
    name: text(MAX_LABEL_LENGTH),
    width: count(MAX_PIXELS),
    height: count(MAX_PIXELS),
    channels: count(MAX_CHANNELS),
  });
  const chapter = fc.record({
    startSeconds: seconds(0),
    endSeconds: fc.option(seconds(0.001)),
    title: text(MAX_LABEL_LENGTH),
  });
  const marker = fc.record({
    kind: fc.constantFrom('INTRO' as const, 'CREDITS' as const),
    startSeconds: seconds(0),
    endSeconds: seconds(0),
  });
  const required = fc.record({
    catalogId: hex(64, 64),
    name: name(MAX_NAME_LENGTH),
    sizeBytes: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    hashes: fc.dictionary(fc.constantFrom('md5', 'sha1', 'sha-256'), hex(8, 256), { noNullPrototype: true }),
    container: text(MAX_CODEC_LENGTH),
    mimeType: text(MAX_MIME_TYPE_LENGTH),
    videoCodec: text(MAX_CODEC_LENGTH),
    audioCodec: text(MAX_CODEC_LENGTH),
    durationSeconds: fc.option(seconds(0.001)),
    width: count(MAX_PIXELS),
    height: count(MAX_PIXELS),
    language: text(MAX_LANGUAGE_LENGTH),
    title: name(MAX_TITLE_LENGTH),
    year: count(MAX_YEAR, beyond > 1 ? 1 : MIN_YEAR),
    season: count(MAX_SEASON, 0),
    episode: count(MAX_EPISODE, 0),
    kind: fc.constantFrom('MOVIE' as const, 'EPISODE' as const, 'CLIP' as const),
    chapters: fc.array(chapter, { maxLength: 8 }),
    tracks: fc.array(track, { maxLength: 8 }),
    details: fc.option(details(beyond, { name, text, count })),
  });
  // None are not said.
  const markers = fc.option(fc.array(marker, { minLength: 1, maxLength: 8 }), { nil: undefined });
  const folder = fc.constantFrom('Films', 'Films/Kids', undefined);
  return fc.tuple(required, markers, folder).map(([description, some, where]) => ({
    ...description,
    ...(some && { markers: some }),
    ...(where && { folder: where }),
  }));
}

const opening = { startSeconds: 0, endSeconds: null, title: 'Opening' };
const sound = {
  kind: 'AUDIO' as const,
  codec: null,
  language: null,
  name: null,
  width: null,
  height: null,
  channels: 2,
};
const RUNS = { numRuns: 30 };
const said = { peerId: 'peer', timestamp: '2026-01-01T00:00:00Z' };

describe('a description of a media file', () => {
  it('is the same after a way over the wire', () => {
    fc.assert(
      fc.property(descriptions(1), (given) => {
        const description = mediaDescription.parse(given);
        const bytes = Message.encode(descriptionToMessage(description)).finish();
        expect(descriptionFromMessage(Message.decode(bytes))).toEqual(description);
      }),
      RUNS,
    );
  });

  it('is the same after a way over the bus', () => {
    fc.assert(
      fc.property(descriptions(1), (given) => {
        const description = mediaDescription.parse(given);
        const json = JSON.stringify(peerMediaDescribed.parse(toMediaDescribed(description, said)));
        expect(fromMediaDescribed(peerMediaDescribed.parse(JSON.parse(json)))).toEqual(description);
      }),
      RUNS,
    );
  });

  it('is clipped to what its schema allows, and left as it is when it is within the limits', () => {
    fc.assert(
      fc.property(descriptions(1.5), (given) => {
        const chapters = Array.from(
          { length: MAX_CHAPTERS + 1 },
          (_, at) => given.chapters[at % 8] ?? opening,
        );
        const tracks = Array.from({ length: MAX_TRACKS + 1 }, (_, at) => given.tracks[at % 8] ?? sound);
        const clipped = clipDescription({ ...given, chapters, tracks });
        expect(mediaDescription.safeParse(clipped).error).toBeUndefined();
      }),
      RUNS,
    );
    fc.assert(
      fc.property(descriptions(1), (given) => {
        expect(clipDescription(given)).toEqual(given);
      }),
      RUNS,
    );
  });

  it('is an event with the names of events, in which what is unknown may be missing', () => {
    const least = {
      peer_id: 'peer',
      catalog_id: 'ab'.repeat(32),
      name: 'film.mkv',
      size_bytes: 1,
      title: 'Film',
      kind: 'CLIP',
      timestamp: said.timestamp,
    };
    expect(fromMediaDescribed(peerMediaDescribed.parse(least))).toEqual({
      catalogId: least.catalog_id,
      name: 'film.mkv',
      sizeBytes: 1,
      hashes: {},
      container: null,
      mimeType: null,
      videoCodec: null,
      audioCodec: null,
      durationSeconds: null,
      width: null,
      height: null,
      language: null,
      title: 'Film',
      year: null,
      season: null,
      episode: null,
      kind: 'CLIP',
      chapters: [],
      tracks: [],
      details: null,
    });
    expect(Object.keys(peerMediaDescribed.shape)).toEqual(
      'peer_id catalog_id name size_bytes hashes container mime_type video_codec audio_codec duration_seconds width height language title year season episode kind chapters tracks markers folder details timestamp'.split(
        ' ',
      ),
    );
  });
});
