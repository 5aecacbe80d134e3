import { detailsOrNull, type ExternalId, type MediaDetails, NO_DETAILS } from '@giggityflix/proto/media-file';
import type { ExplainedTitle, NamedTitle } from '../naming/title-name.ts';
import type { NfoContent, NfoFacts, ShowFacts } from './nfo-facts.ts';
import { distinct } from './nfo-ids.ts';

/** What a film's name says, and the files beside it. */
export interface Evidence {
  named: ExplainedTitle;
  /** The film's own `.nfo`. */
  film: NfoContent | null;
  show: ShowFacts | null;
  seasonTitle: string | null;
  /** Of an extra: the `.nfo` of its film. */
  owner: NfoContent | null;
  fileNames: { film: string; show: string };
}

export interface Combined extends NamedTitle {
  reasons: string[];
  details: MediaDetails | undefined;
}

/** The `.nfo` decides what it says. An episode of which nothing names the show is that of a clip. */
export function combine(evidence: Evidence): Combined {
  const { named, film, show, fileNames } = evidence;
  const said = withFacts(named, film?.facts ?? {}, fileNames.film);
  const title = show && said.kind === 'EPISODE' ? withShow(said, show, fileNames.show) : said;
  const details = detailsOrNull(detailsOf(evidence, title));
  const { externalIds: _ids, lastEpisode: _last, extraOf: _of, ...rest } = title;
  const ids = film?.ids.length
    ? [
        `"${fileNames.film}" has the ids ${film.ids.map(({ provider, value }) => `${provider} ${value}`).join(', ')}`,
      ]
    : [];
  return { ...rest, reasons: [...rest.reasons, ...ids], details: details ?? undefined };
}

function withFacts(named: ExplainedTitle, nfo: NfoFacts, file: string): ExplainedTitle {
  const { episodeTitle, ...facts } = nfo;
  const reasons = [...named.reasons, `"${file}"`];
  if (facts.kind === 'EPISODE') {
    const said = { ...named, ...facts, reasons, extraOf: null };
    const isKnown = said.episode !== null && (facts.title !== undefined || named.kind === 'EPISODE');
    if (isKnown) return said;
    return { ...said, title: episodeTitle ?? named.title, kind: 'CLIP', season: null, episode: null };
  }
  if (facts.kind === 'MOVIE' && (facts.title !== undefined || named.kind === 'MOVIE'))
    return { ...named, ...facts, reasons, extraOf: null };
  return named;
}

function withShow(said: ExplainedTitle, show: ShowFacts, file: string): ExplainedTitle {
  return {
    ...said,
    title: show.title ?? said.title,
    year: show.year ?? said.year,
    reasons: [...said.reasons, `"${file}"`],
  };
}

function detailsOf(evidence: Evidence, title: ExplainedTitle): MediaDetails {
  const { film, owner } = evidence;
  const details = {
    ...NO_DETAILS,
    ...film?.details,
    externalIds: idsOf(evidence, title),
    lastEpisode: title.kind === 'EPISODE' ? lastEpisode(evidence, title) : null,
    extraOf: title.extraOf && ownerOf(title.extraOf, owner),
  };
  return title.kind === 'EPISODE' ? withShowDetails(details, evidence) : details;
}

/** An episode's people and genres are its show's where it has none of its own. */
function withShowDetails(details: MediaDetails, { show, seasonTitle }: Evidence): MediaDetails {
  if (!show) return { ...details, seasonTitle };
  const either = <T>(own: readonly T[], other: readonly T[]): T[] => [...(own.length > 0 ? own : other)];
  return {
    ...details,
    genres: either(details.genres, show.details.genres),
    tags: either(details.tags, show.details.tags),
    studios: either(details.studios, show.details.studios),
    people: either(details.people, show.details.people),
    certification: details.certification ?? show.details.certification,
    showPlot: show.details.plot,
    seasonTitle,
  };
}

/** What the `.nfo` says comes before what names say. A clip has none, as its content stands for it. */
function idsOf({ named, film, show }: Evidence, { kind }: ExplainedTitle): ExternalId[] {
  if (kind === 'CLIP') return [];
  // An address beside an episode is most often its show's.
  const isEpisodes = film?.facts.kind === 'EPISODE';
  const own = (film?.ids ?? []).map((id) =>
    kind === 'EPISODE' && !isEpisodes ? { ...id, ofShow: true } : id,
  );
  const all = [...own, ...(show?.ids ?? []), ...named.externalIds];
  return distinct(kind === 'MOVIE' ? all.filter(({ ofShow }) => !ofShow) : all);
}

function lastEpisode({ named, film }: Evidence, { episode }: ExplainedTitle): number | null {
  const last = film?.lastEpisode ?? (episode === named.episode ? named.lastEpisode : null);
  return last !== null && episode !== null && last > episode ? last : null;
}

/** The film's own `.nfo` says what an extra's film is called. */
function ownerOf(named: NonNullable<MediaDetails['extraOf']>, owner: NfoContent | null) {
  if (owner?.facts.kind !== 'MOVIE') return named;
  const { title, year } = owner.facts;
  return {
    ...named,
    title: title ?? named.title,
    year: year === undefined ? named.year : year,
    externalIds: distinct([...owner.ids.filter(({ ofShow }) => !ofShow), ...named.externalIds]),
  };
}
