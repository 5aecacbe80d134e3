// cspell:disable: words of many languages and programs
import type { ExternalId } from '@giggityflix/proto/media-file';

/** Ids of other catalogs in a name: `{tmdb-27205}`, `[imdbid-tt1375666]`, `(tvdb=81189)`. */
const IDENTIFIER =
  /[[({]\s*(imdb|tmdb|tvdb|tvmaze|anidb|mal|anilist)[-_ ]?(?:id)?[-=: ]\s*((?<=imdb[-_ ]?(?:id)?[-=: ]\s*)tt\d{5,10}|(?<!imdb[-_ ]?(?:id)?[-=: ]\s*)\d{1,10})\s*[\])}]/giu;
/** The same without a provider's name, in the form that only one has: `[tt0070233]`. */
const BARE_IMDB = /[[({]\s*(tt\d{7,10})\s*[\])}]/giu;
const EDITION = /[[({]\s*edition[-=: ][^\])}]*[\])}]/giu;

export interface Identifiers {
  ids: ExternalId[];
  /** The name without them. */
  rest: string;
}

/** Ids of a show, of one of its episodes. */
export const ofShow = (ids: readonly ExternalId[]): ExternalId[] =>
  ids.map((id) => ({ ...id, ofShow: true }));

export const idText = ({ provider, value }: ExternalId): string => `${provider} ${value}`;

export function takeIdentifiers(name: string): Identifiers {
  const named = [...name.matchAll(IDENTIFIER)].map(([, provider = '', value = '']) => toId(provider, value));
  const bare = [...name.matchAll(BARE_IMDB)].map(([, value = '']) => toId('imdb', value));
  const rest = [IDENTIFIER, BARE_IMDB, EDITION].reduce((text, known) => text.replace(known, ' '), name);
  return { ids: [...named, ...bare], rest };
}

function toId(provider: string, value: string): ExternalId {
  return { provider: provider.toLowerCase(), value: value.toLowerCase(), ofShow: false };
}
