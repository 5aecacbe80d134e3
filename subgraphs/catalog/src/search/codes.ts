/** What a year that a title is of is found by: a term that no name has. */
export const yearTerm = (year: number): string => `y${year}`;

/** What an episode is found by, however its numbers are typed. */
export function episodeTerm(season: number | null, episode: number): string {
  return `s${padded(season ?? 1)}e${padded(episode)}`;
}

/** What all episodes of a season begin with. */
export const seasonTerm = (season: number): string => `s${padded(season)}e`;

const padded = (value: number) => String(value).padStart(2, '0');

const EPISODE = /^(?:s(\d{1,5})e(\d{1,6})|(\d{1,4})x(\d{1,5}))$/;
const SEASON = /^s(\d{1,5})e?$/;
const YEAR = /^(?:18[7-9]\d|19\d\d|20\d\d|21\d\d|2200)$/;

/** Season and episode that a word names: s1e3, S01E03, 1x03. */
export function episodeOf(word: string): { season: number; episode: number } | null {
  const [, s, e, season = s, episode = e] = EPISODE.exec(word) ?? [];
  return season && episode ? { season: Number(season), episode: Number(episode) } : null;
}

const EPISODE_AT_END =
  /^(.+) (?:season (\d{1,5}) episode (\d{1,6})|s(\d{1,5}) ?e(\d{1,6})|(\d{1,4})x(\d{1,5}))$/;

/** A name, and the season and episode that follow it in words or short: "show season 1 episode 3", "show s1 e3", "show 1x03". */
export function episodeAtEnd(text: string): { name: string; season: number; episode: number } | null {
  const [, name, ...numbers] = EPISODE_AT_END.exec(text) ?? [];
  const [season, episode] = numbers.filter((each) => each !== undefined);
  return name && season && episode ? { name, season: Number(season), episode: Number(episode) } : null;
}

/** The season that a word names: s1, S01. */
export function seasonOf(word: string): number | null {
  const [, season] = SEASON.exec(word) ?? [];
  return season ? Number(season) : null;
}

export const yearOf = (word: string): number | null => (YEAR.test(word) ? Number(word) : null);

/** Words in which "s01 e03", "season 1 episode 3" and the like are one; the zeros that a season begins with are left out. */
export function withCodesJoined(words: readonly string[], season = withoutZeros): string[] {
  return words
    .join(' ')
    .replace(/(?<![^ ])season (\d{1,5}) episode (\d{1,6})(?![^ ])/g, (_, s, e) => `s${season(s)}e${e}`)
    .replace(/(?<![^ ])s(\d{1,5}) e(\d{1,6})(?![^ ])/g, 's$1e$2')
    .replace(/(?<![^ ])season (\d{1,5})(?![^ ])/g, (_, s) => `s${season(s)}`)
    .split(' ')
    .filter((word) => word !== '');
}

/** What a name that says a season, or an episode, itself is found by, however that is typed: "Season 01" by "season 1". */
export function codesInName(words: readonly string[]): string[] {
  const joined = withCodesJoined(words);
  return [
    ...joined,
    // Who has typed "season 0" may go on to it.
    ...withCodesJoined(words, (season) => season),
    ...joined.flatMap((word) => {
      const [numbers, season] = [episodeOf(word), seasonOf(word)];
      if (numbers) return [episodeTerm(numbers.season, numbers.episode)];
      return season === null ? [] : [seasonTerm(season)];
    }),
  ];
}

const withoutZeros = (digits: string): string => String(Number(digits));
