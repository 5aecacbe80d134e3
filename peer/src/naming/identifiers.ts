// cspell:disable: words of many languages and programs
/** Ids of other catalogs in a name: `{tmdb-27205}`, `[imdbid-tt1375666]`, `(tvdb=81189)`. */
const IDENTIFIER =
  /[[({]\s*(imdb|tmdb|tvdb|tvmaze|anidb|mal|anilist)(?:id)?[-=: ]\s*(tt\d{5,10}|\d{1,10})\s*[\])}]/giu;
const EDITION = /[[({]\s*edition[-=: ][^\])}]*[\])}]/giu;

export interface Identifiers {
  /** Such as `tmdb:27205`. */
  ids: string[];
  /** The name without them. */
  rest: string;
}

export function takeIdentifiers(name: string): Identifiers {
  const ids = [...name.matchAll(IDENTIFIER)].map(([, provider = '', id = '']) =>
    `${provider}:${id}`.toLowerCase(),
  );
  return { ids, rest: name.replace(IDENTIFIER, ' ').replace(EDITION, ' ') };
}
