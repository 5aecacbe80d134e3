import {
  detailsOrNull,
  type ExternalId,
  MAX_EPISODE,
  MAX_PLOT_LENGTH,
  MAX_SEASON,
  MAX_TITLE_LENGTH,
  MAX_YEAR,
  type MediaDetails,
  MIN_YEAR,
  NO_DETAILS,
} from '@giggityflix/proto/media-file';
import type { MediaInfo } from './media-info.ts';
import { detailsIn } from './nfo-details.ts';
import { type NfoDocument, parseDocument } from './nfo-document.ts';
import { distinct, idsIn, idsInLinks } from './nfo-ids.ts';
import { day, type Element, line, lineOrNull, whole } from './nfo-values.ts';

/** What a film's `.nfo` says of it. */
export type NfoFacts = Partial<Pick<MediaInfo, 'title' | 'year' | 'season' | 'episode' | 'kind'>> & {
  /** What an episode itself is called; `title` is its show's. */
  episodeTitle?: string;
};

/** What `tvshow.nfo` says of the show. */
export interface ShowFacts {
  title: string | null;
  year: number | null;
  ids: ExternalId[];
  details: MediaDetails;
}

/** All that an `.nfo` says. */
export interface NfoContent {
  facts: NfoFacts;
  details: MediaDetails | null;
  /** Ids of other catalogs, and of an episode those of its show. */
  ids: ExternalId[];
  lastEpisode: number | null;
  show: ShowFacts | null;
  seasonTitle: string | null;
  /** Why it is not used, in words for its owner; null where it is. */
  problem: string | null;
}

export const NO_CONTENT: Readonly<NfoContent> = {
  facts: {},
  details: null,
  ids: [],
  lastEpisode: null,
  show: null,
  seasonTitle: null,
  problem: null,
};

/** The title, year and numbers of Kodi's `<movie>` or `<episodedetails>`; empty for any other text. */
export function parseNfo(text: string): NfoFacts {
  return readNfoText(text).facts;
}

/** Reads Kodi's XML, with addresses of the work in other catalogs behind it, or these alone. */
export function readNfoText(text: string): NfoContent {
  const { roots, links, problem } = parseDocument(text);
  const linked = idsInLinks(links);
  if (problem) return { ...NO_CONTENT, problem };
  const [movie] = roots.movie;
  const [episode] = roots.episodedetails;
  const [show] = roots.tvshow;
  const [season] = roots.season;
  const content = {
    ...NO_CONTENT,
    show: show ? showIn(show, [...linked.showIds, ...linked.ids]) : null,
    seasonTitle: season
      ? (lineOrNull(season.title, MAX_TITLE_LENGTH) ?? lineOrNull(season.seasonname, MAX_TITLE_LENGTH))
      : null,
  };
  if (movie) {
    const ids = distinct([...idsIn(movie, false), ...linked.ids]);
    return { ...content, facts: filmFacts(movie), details: detailsOrNull(detailsIn(movie)), ids };
  }
  if (!episode) return { ...content, ids: distinct([...linked.ids, ...(show ? [] : linked.showIds)]) };
  const facts = episodeFacts(episode);
  const details = { ...detailsIn(episode), episodeTitle: facts.episodeTitle ?? null };
  const ids = distinct([...idsIn(episode, false), ...linked.showIds]);
  return {
    ...content,
    facts,
    details: detailsOrNull(details),
    ids,
    lastEpisode: lastEpisodeIn(roots.episodedetails, facts),
  };
}

function filmFacts(movie: Element): NfoFacts {
  const title = line(movie.title, MAX_TITLE_LENGTH);
  const year = yearIn(movie);
  return {
    ...(title ? { title } : {}),
    ...(year !== null ? { year } : {}),
    kind: 'MOVIE',
    season: null,
    episode: null,
  };
}

function episodeFacts(element: Element): NfoFacts {
  const title = line(element.showtitle, MAX_TITLE_LENGTH);
  const episodeTitle = line(element.title, MAX_TITLE_LENGTH);
  const year = yearIn(element);
  const season = whole(element.season, 0, MAX_SEASON);
  const episode = whole(element.episode, 0, MAX_EPISODE);
  return {
    ...(title ? { title } : {}),
    ...(year !== null ? { year } : {}),
    kind: 'EPISODE',
    ...(episodeTitle ? { episodeTitle } : {}),
    ...(season !== null ? { season } : {}),
    ...(episode !== null ? { episode } : {}),
  };
}

/** A file with several episodes has an `.nfo` with several roots, or one that says where it ends. */
function lastEpisodeIn(
  all: NfoDocument['roots']['episodedetails'],
  { season, episode }: NfoFacts,
): number | null {
  if (episode == null) return null;
  const ofSeason = all.filter((one) => (whole(one.season, 0, MAX_SEASON) ?? season) === season);
  const numbers = ofSeason.flatMap((one) => [
    whole(one.episode, 0, MAX_EPISODE) ?? episode,
    whole(one.episodenumberend, 0, MAX_EPISODE) ?? episode,
  ]);
  const last = numbers.reduce((most, number) => Math.max(most, number), episode);
  return last > episode ? last : null;
}

function showIn(show: Element, linked: readonly ExternalId[]): ShowFacts {
  const ids = distinct([...idsIn(show, true), ...linked.map((id) => ({ ...id, ofShow: true }))]);
  return {
    title: lineOrNull(show.title, MAX_TITLE_LENGTH),
    year: yearIn(show),
    ids,
    details: { ...NO_DETAILS, ...detailsIn(show), plot: lineOrNull(show.plot, MAX_PLOT_LENGTH) },
  };
}

function yearIn(element: Element): number | null {
  const year = whole(element.year, MIN_YEAR, MAX_YEAR);
  if (year !== null || element.year !== undefined) return year;
  const first = Number((day(element.premiered) ?? day(element.aired))?.slice(0, 4) ?? Number.NaN);
  return first >= MIN_YEAR && first <= MAX_YEAR ? first : null;
}
