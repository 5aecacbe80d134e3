import { type ExternalId, MAX_EXTERNAL_IDS } from '@giggityflix/proto/media-file';
import { all, type Element, line, textOf } from './nfo-values.ts';

/** Names that tools give to catalogs. */
const PROVIDERS: Readonly<Record<string, string>> = {
  imdb: 'imdb',
  imdbid: 'imdb',
  tmdb: 'tmdb',
  tmdbid: 'tmdb',
  themoviedb: 'tmdb',
  tvdb: 'tvdb',
  tvdbid: 'tvdb',
  thetvdb: 'tvdb',
  tvmaze: 'tvmaze',
  anidb: 'anidb',
  anilist: 'anilist',
  mal: 'mal',
  myanimelist: 'mal',
  trakt: 'trakt',
  wikidata: 'wikidata',
};
const VALUES: Readonly<Record<string, RegExp>> = {
  imdb: /^tt\d{5,10}$/u,
  wikidata: /^q\d{1,12}$/u,
};
const NUMBER = /^\d{1,10}$/u;

/** Elements that name their catalog: `<imdbid>`, `<tmdb_id>`. */
const NAMED = [
  'imdbid',
  'imdb_id',
  'tmdbid',
  'tmdb_id',
  'tvdbid',
  'tvdb_id',
  'anidbid',
  'anilistid',
  'wikidataid',
];

/** Addresses of works in catalogs. */
const LINKS: readonly { pattern: RegExp; provider: string; isShow?: boolean }[] = [
  { pattern: /imdb\.com\/(?:[a-z]{2}\/)?title\/(tt\d{5,10})/iu, provider: 'imdb' },
  { pattern: /themoviedb\.org\/movie\/(\d{1,10})/iu, provider: 'tmdb' },
  { pattern: /themoviedb\.org\/tv\/(\d{1,10})/iu, provider: 'tmdb', isShow: true },
  { pattern: /thetvdb\.com\/.*[?&](?:series)?id=(\d{1,10})/iu, provider: 'tvdb', isShow: true },
  { pattern: /thetvdb\.com\/(?:dereferrer\/)?series\/(\d{1,10})(?![\w-])/iu, provider: 'tvdb', isShow: true },
];

/** The ids in an element, those that are marked as the default first; `ofShow` where they are a show's. */
export function idsIn(element: Element, ofShow: boolean): ExternalId[] {
  const unique = all(element.uniqueid).slice(0, 100);
  const isDefault = (one: unknown) => (one as Element | null)?.['@default'] === 'true';
  const said: [unknown, string][] = [
    ...[...unique.filter(isDefault), ...unique.filter((one) => !isDefault(one))].map(
      (one): [unknown, string] => [(one as Element | null)?.['@type'], textOf(one, 60)],
    ),
    ...NAMED.map((name): [unknown, string] => [name.replace('_', ''), line(element[name], 60)]),
    // The oldest form: a film's IMDb id, and ids of others as attributes.
    ['imdb', line(element.id, 60)],
    ...all(element.id)
      .slice(0, 1)
      .flatMap((id) => attributes(id)),
  ];
  return distinct(said.flatMap(([provider, value]) => toId(provider, value, ofShow)));
}

/** The ids in addresses beside the XML, or in a text that is nothing but them. */
export function idsInLinks(links: readonly string[]): { ids: ExternalId[]; showIds: ExternalId[] } {
  const found = links.flatMap((link) => {
    const match = LINKS.find(({ pattern }) => pattern.test(link));
    const value = match?.pattern.exec(link)?.[1];
    return match && value ? toId(match.provider, value, match.isShow ?? false) : [];
  });
  return {
    ids: distinct(found.filter(({ ofShow }) => !ofShow)),
    showIds: distinct(found.filter(({ ofShow }) => ofShow)),
  };
}

/** Ids of one catalog are contradictory from the second on: the first counts. */
export function distinct(ids: readonly ExternalId[]): ExternalId[] {
  const known = new Map<string, ExternalId>();
  for (const id of ids) {
    const slot = `${id.ofShow} ${id.provider}`;
    if (!known.has(slot)) known.set(slot, id);
  }
  return [...known.values()].slice(0, MAX_EXTERNAL_IDS);
}

function attributes(element: unknown): [unknown, string][] {
  if (element === null || typeof element !== 'object') return [];
  return Object.entries(element).flatMap(([name, value]): [unknown, string][] =>
    name.startsWith('@') ? [[name.slice(1), textOf(value, 60)]] : [],
  );
}

function toId(named: unknown, given: string, ofShow: boolean): ExternalId[] {
  if (typeof named !== 'string' || !Object.hasOwn(PROVIDERS, named.toLowerCase())) return [];
  const provider = PROVIDERS[named.toLowerCase()]!;
  const value = given.toLowerCase();
  return (VALUES[provider] ?? NUMBER).test(value) && !/^0+$/u.test(value)
    ? [{ provider, value, ofShow }]
    : [];
}
