import { MAX_EPISODE, MAX_SEASON, MAX_TITLE_LENGTH, MAX_YEAR, MIN_YEAR } from '@giggityflix/proto/media-file';
import { isDistinctive, isDistinctiveShow } from '../naming/distinctive.ts';
import { clean } from '../naming/text.ts';
import type { ExplainedTitle } from '../naming/title-name.ts';

/** What a file's own tags say of what it is; null where they do not. */
export interface EmbeddedTags {
  title: string | null;
  show: string | null;
  season: number | null;
  episode: number | null;
  year: number | null;
  /** Whether it says that it is a film: iTunes' media type. */
  isFilm: boolean;
}

/** iTunes' number of films. */
const FILM_TYPE = '9';

/** Reads a container's tags as FFmpeg names them; undefined when none says what the file is. */
export function readTags(raw: Readonly<Record<string, unknown>> | undefined): EmbeddedTags | undefined {
  const lower = new Map(
    Object.entries(raw ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const text = (...names: string[]) => {
    const found = names.map((name) => clean(lower.get(name) ?? '')).find((value) => value !== '');
    return found?.slice(0, MAX_TITLE_LENGTH).trim() || null;
  };
  const number = (value: string | null, min: number, max: number) => {
    const found = /^\d+/.exec(value ?? '');
    const parsed = found ? Number(found[0]) : Number.NaN;
    return parsed >= min && parsed <= max ? parsed : null;
  };
  const tags: EmbeddedTags = {
    title: text('title'),
    show: text('show', 'series'),
    season: number(text('season_number', 'season'), 0, MAX_SEASON),
    episode: number(text('episode_sort', 'episode'), 0, MAX_EPISODE),
    year: number(text('date', 'date_released', 'year'), MIN_YEAR, MAX_YEAR),
    isFilm: lower.get('media_type') === FILM_TYPE,
  };
  const isSaid = (tags.show !== null && tags.episode !== null) || (tags.isFilm && tags.title !== null);
  return isSaid ? tags : undefined;
}

/** Tags decide where a name says too little: they are often left over from elsewhere, and names seldom are. */
export function withTags(named: ExplainedTitle, tags: EmbeddedTags | undefined): ExplainedTitle {
  if (named.kind !== 'CLIP' || !tags) return named;
  const { title, show, season, episode, year, isFilm } = tags;
  if (show !== null && episode !== null && isDistinctiveShow(show))
    return {
      ...named,
      extraOf: null,
      title: show,
      year: null,
      season,
      episode,
      kind: 'EPISODE',
      reasons: [...named.reasons, `its tags name the show "${show}" and episode ${episode}`],
    };
  if (isFilm && title !== null && year !== null && isDistinctive(title))
    return {
      ...named,
      extraOf: null,
      title,
      year,
      season: null,
      episode: null,
      kind: 'MOVIE',
      reasons: [...named.reasons, `its tags name the film "${title}" of ${year}`],
    };
  return named;
}
