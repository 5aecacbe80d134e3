import { MAX_EPISODE, MAX_SEASON, MAX_TITLE_LENGTH, MAX_YEAR, MIN_YEAR } from '@giggityflix/proto/media-file';
import { ALL_ENTITIES } from '@nodable/entities';
import { XMLParser } from 'fast-xml-parser';
import { clean } from '../naming/text.ts';
import type { MediaInfo } from './media-info.ts';

/** What a film's `.nfo` says of it. */
export type NfoFacts = Partial<Pick<MediaInfo, 'title' | 'year' | 'season' | 'episode' | 'kind'>> & {
  /** What an episode itself is called; `title` is its show's. */
  episodeTitle?: string;
};

/** People's tools write HTML's names of letters, too. The parser takes a table of them where its types have a flag. */
const HTML_ENTITIES = ALL_ENTITIES as unknown as boolean;

/** The title, year and numbers of Kodi's `<movie>` or `<episodedetails>`; empty for any other text. */
export function parseNfo(text: string): NfoFacts {
  const parser = new XMLParser({
    ignoreAttributes: true,
    parseTagValue: false,
    processEntities: true,
    htmlEntities: HTML_ENTITIES,
    transformTagName: (name) => name.toLowerCase(),
  });
  let document: Record<string, unknown>;
  try {
    document = parser.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
  const movie = first(document.movie);
  const episode = first(document.episodedetails);
  const source = movie ?? episode;
  if (!source) return {};
  const title = line(movie ? source.title : source.showtitle);
  const episodeTitle = movie ? '' : line(source.title);
  const year = number(
    source.year ?? String(source.premiered ?? source.aired ?? '').slice(0, 4),
    MIN_YEAR,
    MAX_YEAR,
  );
  const season = number(source.season, 0, MAX_SEASON);
  const episodeNumber = number(source.episode, 0, MAX_EPISODE);
  return {
    ...(title ? { title } : {}),
    ...(year !== null ? { year } : {}),
    ...(movie
      ? { kind: 'MOVIE' as const, season: null, episode: null }
      : {
          kind: 'EPISODE' as const,
          ...(episodeTitle ? { episodeTitle } : {}),
          ...(season !== null ? { season } : {}),
          ...(episodeNumber !== null ? { episode: episodeNumber } : {}),
        }),
  };
}

/** The text of an element, or of the first of several, without what is nested in it. */
function line(value: unknown): string {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  const text = one !== null && typeof one === 'object' ? (one as Record<string, unknown>)['#text'] : one;
  return typeof text === 'string' ? clean(text).slice(0, MAX_TITLE_LENGTH).trim() : '';
}

/** An element, or the first of several: a file with two episodes has an `.nfo` with two roots. */
function first(element: unknown): Record<string, unknown> | null {
  const one: unknown = Array.isArray(element) ? element[0] : element;
  return one !== null && typeof one === 'object' ? (one as Record<string, unknown>) : null;
}

function number(value: unknown, min: number, max: number): number | null {
  const parsed = typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
  return parsed >= min && parsed <= max ? parsed : null;
}
