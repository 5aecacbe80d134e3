// cspell:disable: words of many languages
/** Which part of a work a file is, one of several that each hold some of it, and which of the events of a year. */

const DISC_WORDS = 'cd|disc|disk|dvd';
const PART_WORDS = 'part|pt|teil|partie|parte|часть|side|seite';
const NUMBERS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const NUMBER = `(\\d{1,2}|${NUMBERS.join('|')}|[a-d])`;
const BEFORE = '(?:^|[\\s._([-])';
const AFTER = '(?![\\p{L}\\d])';

/** Discs, wherever they stand. */
const DISC = new RegExp(`${BEFORE}(?:${DISC_WORDS})(?:[\\s._-]?(\\d{1,2})|[\\s._-]${NUMBER})${AFTER}`, 'iu');
const PART = new RegExp(`${BEFORE}(?:${PART_WORDS})(?:[\\s._-]?(\\d{1,2})|[\\s._-]${NUMBER})${AFTER}`, 'iu');
/** "[1-2]", "1 of 2" */
const OF_ALL = /(?:^|[\s([])(\d{1,2})(?: ?(?:of|von|de|из) ?|-)([2-9])(?=$|[\s)\]])/iu;
/** A number or a letter that is all there is. */
const ALONE = /^[\s._-]*(\d{1,2}|[a-d])[\s._-]*$/iu;
/** What follows an episode's number at once, or is marked as a part at the end. */
const OF_EPISODE = new RegExp(
  `^[\\s._([-]*(?:${PART_WORDS})[\\s._-]?(\\d{1,2})${AFTER}|-(?:part|pt)(\\d{1,2})$`,
  'iu',
);
const SEGMENT = /^([a-d])(?![\p{L}\p{N}])/iu;

/** One of many events of a year, each a work of its own. */
export const EVENT =
  /(?<![\p{L}])(?:round|rd|week|matchday|day|game|stage|race|qualifying|practice|sprint|heat|semi-?finals?|quarter-?finals?|vs?\.?|at|live|lecture|lesson|session|concert|night|set|hour|match|halbfinale|viertelfinale|demi-?finale|tag|jour|journée|día|giorno|день|nacht|nuit|noche|notte|étape|etapa|tappa|etappe|spieltag|jornada|giornata|тур)(?![\p{L}])|^(?:the )?finale?s?$/iu;

/** The number of a disc in a name. */
export const discOf = (text: string): number | null => numberOf(DISC.exec(text));

export const withoutDisc = (text: string): string => text.replace(DISC, ' ');

/** The number of a part in what stands behind a film's year; before it, it is a word of the title ("Part 2 (2011)"). */
export function partBehindYear(after: string): number | null {
  const ofAll = OF_ALL.exec(after);
  if (ofAll && Number(ofAll[1]) <= Number(ofAll[2])) return Number(ofAll[1]);
  return numberOf(PART.exec(after)) ?? numberOf(ALONE.exec(after));
}

export const withoutPart = (text: string): string => text.replace(PART, ' ');

/** The same behind an episode's number: "S01E01 cd2", "S01E01-pt2". "S01E02 Part 2" is what the second episode is called. */
export function partOfEpisode(after: string, episode: number): number | null {
  const disc = discOf(after);
  if (disc !== null) return disc;
  const part = numberOf(OF_EPISODE.exec(after));
  return part === episode ? null : part;
}

/** "S01E01b": one of the stories that make an episode. */
export const isSegment = (after: string): boolean => SEGMENT.test(after);

function numberOf(found: RegExpExecArray | null): number | null {
  const text = found
    ?.slice(1)
    .find((group) => group !== undefined)
    ?.toLowerCase();
  if (text === undefined) return null;
  if (/^\d+$/.test(text)) return Number(text);
  const word = NUMBERS.indexOf(text);
  return word >= 0 ? word + 1 : text.charCodeAt(0) - 'a'.charCodeAt(0) + 1;
}
