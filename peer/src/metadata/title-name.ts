import { basename, dirname, extname } from 'node:path';
import { MAX_TITLE_LENGTH, MAX_YEAR, type MediaDescription, MIN_YEAR } from '@giggityflix/proto/media-file';
import parseName from 'parse-torrent-title';

export type NamedTitle = Pick<MediaDescription, 'title' | 'year' | 'season' | 'episode' | 'kind'>;

/**
 * What a file's name says of the film: `Show.S02E05.1080p.mkv`, `Film (1999).mp4`, and `Show/Season 2/05.mkv` with the
 * help of its folders. A name without a year or an episode is taken for a clip.
 */
export function parseFileName(path: string): NamedTitle {
  const stem = clean(basename(path, extname(path)));
  const parsed = parseName.parse(stem) as {
    title?: string;
    year?: number;
    season?: number;
    episode?: number;
  };
  const folder = basename(dirname(path));
  const seasonFolder = /^(?:season|staffel|saison|s)[ ._-]*(\d{1,3})$/i.exec(folder);
  const season = parsed.season ?? (seasonFolder ? Number(seasonFolder[1]) : null);
  const leading = /^(?:e|ep|episode)?[ ._-]*(\d{1,3})(?:\D|$)/i.exec(stem);
  const episode = parsed.episode ?? (seasonFolder && leading ? Number(leading[1]) : null);
  const isEpisode = episode !== null;
  const show = seasonFolder && parsed.episode === undefined ? basename(dirname(dirname(path))) : null;
  const title = clean(show ?? parsed.title ?? '') || stem || 'Untitled';
  const year =
    parsed.year !== undefined && parsed.year >= MIN_YEAR && parsed.year <= MAX_YEAR ? parsed.year : null;
  return {
    title: title.slice(0, MAX_TITLE_LENGTH),
    year,
    season: isEpisode ? season : null,
    episode,
    kind: isEpisode ? 'EPISODE' : year === null ? 'CLIP' : 'MOVIE',
  };
}

/** One line, without control characters and doubled blanks. */
export function clean(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}
