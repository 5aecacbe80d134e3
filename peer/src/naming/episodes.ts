// cspell:disable: words of many languages and programs
import { MAX_EPISODE, MAX_SEASON } from '@giggityflix/proto/media-file';

/** An episode's number in a name. */
export interface FoundEpisode {
  season: number | null;
  episode: number;
  /** The last of several episodes in one file. */
  last: number;
  before: string;
  after: string;
  /** The text that said so. */
  text: string;
}

const B = '(?<![\\p{L}\\p{N}])';
const SEASON =
  '(?:season|series|staffel|saison|temporada|stagione|seizoen|sezon|sæson|säsong|sesong|kausi|évad|сезон|시즌)';
const EPISODE =
  '(?:episode|episodio|épisode|episódio|ep|folge|capítulo|capitulo|aflevering|avsnitt|afsnit|jakso|odcinek|bölüm|tập|серия|серія|эпизод|επεισόδιο)';
/** The same where they stand behind their number: "5. Bölüm", "05 серия". */
const SEASON_BEHIND = '(?:sezon|évad|série|řada|сезон|시즌)';
const EPISODE_BEHIND = '(?:bölüm|rész|díl|серия|серии|серія|эпизод|화|회)';

/** Season and episode: certain wherever they stand. */
const CERTAIN: readonly RegExp[] = [
  new RegExp(
    `${B}[ST](\\d{1,4})[ ._-]{0,3}(?:EP|E|F(?=\\d))[ .]?(\\d{1,5})((?:[ ._]{0,2}[-&+]?[ ._]{0,2}(?:EP|E)[ .]?\\d{1,5}|-\\d{1,4}(?![\\dp]))*)(?!\\d)`,
    'iu',
  ),
  /(?<![\p{L}\p{N}.])(\d{1,2})x(\d{2,4})((?:[-_ ]?(?:\d{1,2})?x\d{2,3}|-\d{2,3})*)(?![\p{L}\p{N}])/iu,
  new RegExp(`${B}${SEASON} ?(\\d{1,3})[ ,._-]*${EPISODE}[ .]?(\\d{1,4})((?:-\\d{1,4})?)(?!\\d)`, 'iu'),
  new RegExp(`(?<!\\d)(\\d{1,3})\\.? ?${SEASON_BEHIND}[ ,._-]*(\\d{1,4})\\.? ?${EPISODE_BEHIND}()`, 'iu'),
  new RegExp(`${B}시즌 ?(\\d{1,3})[ ,._-]*(\\d{1,4}) ?[화회]()`, 'iu'),
  /第 ?(\d{1,3}) ?[季期][ ._-]*第? ?(\d{1,4}) ?[集話话回]()/u,
  new RegExp(`${B}S(\\d{1,2}) - (\\d{1,4})((?:-\\d{1,4})?)(?![\\p{L}\\d])`, 'iu'),
  new RegExp(`${B}(?:${SEASON} )(\\d{1,2}) - (\\d{1,4})((?:-\\d{1,4})?)(?![\\p{L}\\d])`, 'iu'),
  new RegExp(`${B}(\\d{1,2})(?:st|nd|rd|th) season - (\\d{1,4})((?:-\\d{1,4})?)(?![\\p{L}\\d])`, 'iu'),
];

export function certainEpisode(text: string): FoundEpisode | null {
  for (const pattern of CERTAIN) {
    const found = pattern.exec(text);
    if (!found) continue;
    const [all, season, episode, more = ''] = found;
    const numbers = { season: Number(season), episode: Number(episode) };
    if (numbers.season > MAX_SEASON || numbers.episode > MAX_EPISODE) continue;
    const last = Math.max(
      numbers.episode,
      ...[...more.matchAll(/(?<![\dx])\d+(?!x)|(?<=x)\d+/giu)].map(([number]) => Number(number)),
    );
    return { ...numbers, last: Math.min(last, MAX_EPISODE), ...around(text, found), text: all };
  }
  return null;
}

/** What may follow the number of an episode; of a last one that it is. */
const END = '(?=(?: (?:END|FIN))?\\s*(?:$|[([]| [-–] | \\d{6}(?!\\d)))';
/** An episode without a season, in the part of a name before the words of the release. */
const LONE: readonly RegExp[] = [
  new RegExp(`${B}(?:${EPISODE}[ .]?#?|#|E|EP)(\\d{1,4})(?:v\\d)?((?:-(?:E|EP)?\\d{1,4})?)${END}`, 'iu'),
  /第 ?(\d{1,4}) ?[話话集回]()/u,
  new RegExp(`${B}(\\d{1,4})(?:\\.|-я)? ?${EPISODE_BEHIND}()(?![\\p{L}\\p{N}])`, 'iu'),
  new RegExp(`(?<=\\S) [-–] (\\d{1,4})(?:v\\d)?((?:-\\d{1,4})?)${END}`, 'u'),
  /(?<=\S) ?\[(\d{1,3}|1\d{3})(?:v\d)?((?:-\d{1,4})?)(?: ?END)?\]/iu,
  /(?<![\p{L}\p{N}])(?:(?:part|pt|teil|partie|parte) ?)?(\d{1,3}) ?of ?\d{1,3}()(?![\p{L}\p{N}])/iu,
];

export function loneEpisode(text: string): FoundEpisode | null {
  for (const pattern of LONE) {
    const found = pattern.exec(text);
    if (!found) continue;
    const [all, number, more = ''] = found;
    const episode = Number(number);
    return {
      season: null,
      episode,
      last: Math.max(episode, Number(/\d+/u.exec(more)?.[0] ?? episode)),
      ...around(text, found),
      text: all.trim(),
    };
  }
  return null;
}

/** What a file in the folder of a season is called: "06 - Title", "Episode 4", "1.01 Title", "101 Title", "Show - 679", "Show 06". */
export function episodeOfSeason(text: string, season: number): FoundEpisode | null {
  const lone = loneEpisode(text);
  const dotted = /^(\d{1,2})\.(\d{2})(?=\D|$)/u.exec(text);
  if (dotted && Number(dotted[1]) === season) return numbered(text, season, dotted[2]!, dotted);
  const joined = /^(\d{1,2})(\d{2})(?=[ ._-]|$)/u.exec(text);
  if (joined && season > 0 && Number(joined[1]) === season && /^\d{3,4}(?=[ ._-]|$)/u.test(text))
    return numbered(text, season, joined[2]!, joined);
  if (lone) return { ...lone, season };
  const leading = /^(?:e|ep|episode|folge|part|teil|#)?[ ._-]*(\d{1,4})(?:v\d)?(?=[\s.,_)\]-]|$)/iu.exec(
    text,
  );
  if (leading) return numbered(text, season, leading[1]!, leading);
  const trailing = /[ _-](\d{1,3})(?:v\d)?$/u.exec(text);
  if (!trailing) return null;
  // "Show 105" in the folder of season 1; after a dash numbers are absolute.
  const digits = trailing[1]!;
  const isJoined = digits.length === 3 && season > 0 && digits.startsWith(String(season));
  return numbered(text, season, isJoined ? digits.slice(-2) : digits, trailing);
}

/** "One Piece 1071": a number that a film may have as well. */
export function trailingNumber(text: string): FoundEpisode | null {
  const found = /(?<=\S) (\d{2,3}|1[0-8]\d{2})(?:v\d)?$/u.exec(text);
  if (!found) return null;
  return { season: null, ...numbers(found[1]!), ...around(text, found), text: found[0].trim() };
}

function numbered(text: string, season: number, number: string, found: RegExpExecArray): FoundEpisode {
  return { season, ...numbers(number), ...around(text, found), text: found[0].trim() };
}

function numbers(text: string): Pick<FoundEpisode, 'episode' | 'last'> {
  return { episode: Number(text), last: Number(text) };
}

function around(text: string, found: RegExpExecArray): Pick<FoundEpisode, 'before' | 'after'> {
  return { before: text.slice(0, found.index), after: text.slice(found.index + found[0].length) };
}

/** The number of a season in a folder's name, and the show before it. */
export function seasonFolder(name: string): { season: number; show: string } | null {
  const specials = /^(?:specials?|season 0+|staffel 0+)$/iu.exec(name);
  if (specials) return { season: 0, show: '' };
  const found =
    new RegExp(
      `^(.*?)[ ._,([-]*${B}(?:${SEASON}[ ._-]*|(?<=^|[ ._([-])S)(\\d{1,4})(?![\\p{L}\\d]|[ ._-]*E\\d)`,
      'iu',
    ).exec(name) ??
    /^(.*?)[ ._-]*(\d{1,2})(?:st|nd|rd|th|\.|ª)[ _-]?(?:season|staffel|temporada|série|sezon|évad|řada)/iu.exec(
      name,
    ) ??
    /^(.*?)[ ._-]*第 ?(\d{1,3}) ?(?:季|期|シーズン)/u.exec(name) ??
    /^(.*?)[ ._-]*(?:シーズン|시즌) ?(\d{1,3})/u.exec(name) ??
    /^(.*?)[ ._-]*(?<!\d)(\d{1,2}) ?сезон/iu.exec(name);
  if (!found || Number(found[2]) > MAX_SEASON) return null;
  return { season: Number(found[2]), show: found[1] ?? '' };
}
