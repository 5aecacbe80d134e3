import {
  detailsOrNull,
  type ExternalId,
  type MediaDescription,
  type MediaDetails,
} from '@giggityflix/proto/media-file';
import {
  MAX_EPISODES_OF_FILE,
  MAX_OUTLINE_LENGTH,
  MAX_PLOT_LENGTH,
  MAX_TERM_LENGTH,
  MAX_TITLE_LENGTH,
  MAX_WORD_LENGTH,
} from '../titles/limits.ts';
import { cleanOrNull } from '../titles/text.ts';

/** What strangers write about a work, made fit to show; null where nothing is left of it. */
export function toDetails(
  details: MediaDetails,
  { kind, episode }: Pick<MediaDescription, 'kind' | 'episode'>,
): MediaDetails | null {
  const { extraOf } = details;
  const owner = extraOf && cleanOrNull(extraOf.title, MAX_TITLE_LENGTH);
  return detailsOrNull({
    originalTitle: cleanOrNull(details.originalTitle, MAX_TITLE_LENGTH),
    sortTitle: cleanOrNull(details.sortTitle, MAX_TITLE_LENGTH),
    episodeTitle: cleanOrNull(details.episodeTitle, MAX_TITLE_LENGTH),
    plot: cleanOrNull(details.plot, MAX_PLOT_LENGTH),
    outline: cleanOrNull(details.outline, MAX_OUTLINE_LENGTH),
    tagline: cleanOrNull(details.tagline, MAX_OUTLINE_LENGTH),
    genres: terms(details.genres),
    tags: terms(details.tags),
    studios: terms(details.studios),
    people: details.people.flatMap((person) => {
      const name = cleanOrNull(person.name, MAX_TERM_LENGTH);
      return name ? [{ name, role: cleanOrNull(person.role, MAX_TERM_LENGTH), job: person.job }] : [];
    }),
    ratings: details.ratings.flatMap(({ source, value, scale, votes }) =>
      value > 0 && value <= scale
        ? [{ source: cleanOrNull(source, MAX_WORD_LENGTH), value, scale, votes: votes || null }]
        : [],
    ),
    certification: cleanOrNull(details.certification, MAX_WORD_LENGTH),
    collection: cleanOrNull(details.collection, MAX_TERM_LENGTH),
    externalIds: idsOf(details.externalIds),
    premiered: isDay(details.premiered) ? details.premiered : null,
    runtimeMinutes: details.runtimeMinutes || null,
    lastEpisode: kind === 'EPISODE' ? lastEpisode(episode, details.lastEpisode) : null,
    extraOf:
      extraOf && owner && kind === 'CLIP'
        ? { ...extraOf, title: owner, externalIds: idsOf(extraOf.externalIds) }
        : null,
    showPlot: cleanOrNull(details.showPlot, MAX_PLOT_LENGTH),
    seasonTitle: cleanOrNull(details.seasonTitle, MAX_TITLE_LENGTH),
  });
}

function terms(list: readonly string[]): string[] {
  return [...new Set(list.flatMap((term) => cleanOrNull(term, MAX_TERM_LENGTH) ?? []))];
}

/** One of each catalog, in an order that does not depend on the peer's. */
function idsOf(ids: readonly ExternalId[]): ExternalId[] {
  const known = new Map<string, ExternalId>();
  for (const id of ids) {
    const slot = `${id.ofShow} ${id.provider}`;
    if (!known.has(slot)) known.set(slot, { ...id, value: id.value.toLowerCase() });
  }
  return [...known.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, id]) => id);
}

/** A file of very many episodes is somebody's mistake. */
function lastEpisode(first: number | null, last: number | null): number | null {
  if (first === null || last === null || last <= first) return null;
  return last - first < MAX_EPISODES_OF_FILE ? last : null;
}

function isDay(text: string | null): boolean {
  return text !== null && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}
