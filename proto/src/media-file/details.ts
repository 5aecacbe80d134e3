import { z } from 'zod';
import {
  MAX_CODEC_LENGTH,
  MAX_EPISODE,
  MAX_EXTERNAL_IDS,
  MAX_OUTLINE_LENGTH,
  MAX_PEOPLE,
  MAX_PLOT_LENGTH,
  MAX_RATINGS,
  MAX_RUNTIME_MINUTES,
  MAX_SEASON,
  MAX_TERM_LENGTH,
  MAX_TERMS,
  MAX_TITLE_LENGTH,
  MAX_YEAR,
  MIN_YEAR,
} from './limits.ts';

const text = (max: number) => z.string().max(max).nullable();
const term = z.string().min(1).max(MAX_TERM_LENGTH);
const terms = z.array(term).max(MAX_TERMS);
const count = (max: number) => z.int().min(0).max(max).nullable();

/** The name of a work in a catalog of films. */
export const externalId = z.object({
  /** Such as "imdb", "tmdb", "tvdb". */
  provider: z.string().regex(/^[a-z][a-z0-9]{1,19}$/),
  value: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/),
  /** Whether it names the show an episode is of, and not the episode. */
  ofShow: z.boolean(),
});

export const person = z.object({
  name: term,
  /** Of an actor: who they play. */
  role: text(MAX_TERM_LENGTH),
  job: z.enum(['ACTOR', 'DIRECTOR', 'WRITER', 'PRODUCER']),
});

export const rating = z.object({
  /** Who rates; null where nobody is named. */
  source: text(MAX_CODEC_LENGTH),
  value: z.number().min(0).max(1_000),
  /** The greatest value there is. */
  scale: z.number().min(1).max(1_000),
  votes: count(2_000_000_000),
});

/** The film or episode an extra, such as a trailer, belongs to. */
export const extraOf = z.object({
  title: z.string().min(1).max(MAX_TITLE_LENGTH),
  year: z.int().min(MIN_YEAR).max(MAX_YEAR).nullable(),
  kind: z.enum(['MOVIE', 'EPISODE']),
  season: count(MAX_SEASON),
  episode: count(MAX_EPISODE),
  externalIds: z.array(externalId).max(MAX_EXTERNAL_IDS),
});

/** What is said of a film or an episode itself, as media centres write it down beside its file. */
export const mediaDetails = z.object({
  originalTitle: text(MAX_TITLE_LENGTH),
  sortTitle: text(MAX_TITLE_LENGTH),
  /** What an episode is called; the description's title is its show's. */
  episodeTitle: text(MAX_TITLE_LENGTH),
  plot: text(MAX_PLOT_LENGTH),
  outline: text(MAX_OUTLINE_LENGTH),
  tagline: text(MAX_OUTLINE_LENGTH),
  genres: terms,
  tags: terms,
  studios: terms,
  people: z.array(person).max(MAX_PEOPLE),
  ratings: z.array(rating).max(MAX_RATINGS),
  certification: text(MAX_TERM_LENGTH),
  collection: text(MAX_TERM_LENGTH),
  externalIds: z.array(externalId).max(MAX_EXTERNAL_IDS),
  /** The day it was first shown, ISO 8601. */
  premiered: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .nullable(),
  runtimeMinutes: count(MAX_RUNTIME_MINUTES),
  /** The last of several episodes in one file. */
  lastEpisode: count(MAX_EPISODE),
  extraOf: extraOf.nullable(),
  showPlot: text(MAX_PLOT_LENGTH),
  seasonTitle: text(MAX_TITLE_LENGTH),
});

export type ExternalId = z.infer<typeof externalId>;
export type Person = z.infer<typeof person>;
export type Rating = z.infer<typeof rating>;
export type ExtraOf = z.infer<typeof extraOf>;
export type MediaDetails = z.infer<typeof mediaDetails>;

/** Details that say nothing. */
export const NO_DETAILS: Readonly<MediaDetails> = {
  originalTitle: null,
  sortTitle: null,
  episodeTitle: null,
  plot: null,
  outline: null,
  tagline: null,
  genres: [],
  tags: [],
  studios: [],
  people: [],
  ratings: [],
  certification: null,
  collection: null,
  externalIds: [],
  premiered: null,
  runtimeMinutes: null,
  lastEpisode: null,
  extraOf: null,
  showPlot: null,
  seasonTitle: null,
};

/** Details, or null where they say nothing. */
export function detailsOrNull(details: MediaDetails): MediaDetails | null {
  const says = Object.values(details).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== null,
  );
  return says ? details : null;
}
