// cspell:disable: words of many languages and programs
/** What belongs to a film or a show without being it. */
const WORDS =
  'trailers?|teasers?(?: trailer)?|samples?|featurettes?|behind[ ._-]?the[ ._-]?scenes|making[ ._-]?of|deleted(?:[ ._-]?scenes?)?|interviews?|bloopers?|gag[ ._-]?reel|outtakes?|extras?|bonus(?:[ ._-]?(?:material|features?|disc))?|special[ ._-]?features?|alternat(?:e|ive)[ ._-]?ending|clips?|scenes?|shorts?|promos?|tv[ ._-]?spots?|theme|backdrops?|others?|NC(?:OP|ED)|creditless[ ._-]?(?:opening|ending)|menu|preview|PV';
const CLEAR =
  'trailers?|teasers?(?: trailer)?|samples?|featurettes?|behind[ ._-]?the[ ._-]?scenes|making[ ._-]?of|deleted[ ._-]?scenes?|interviews?|bloopers?|gag[ ._-]?reel|outtakes?|bonus(?:[ ._-]?(?:material|features?|disc))?|special[ ._-]?features?|alternat(?:e|ive)[ ._-]?ending|NC(?:OP|ED)|creditless[ ._-]?(?:opening|ending)|tv[ ._-]?spots?';
const NUMBER = '(?:[ ._-]?\\d{1,3}(?:v\\d)?)?';

/** "Film-trailer", as media centres have it. */
const HYPHENATED = new RegExp(`(?<=\\S)[-–](${WORDS})${NUMBER}$`, 'iu');
/** "Film.2010.1080p-GROUP.sample" */
const DOTTED = new RegExp(`(?<=\\S)[.](${CLEAR})${NUMBER}$`, 'iu');
const LEADING = /^(sample|trailer)[-.](?=\S)/iu;
const WHOLE = new RegExp(
  `^(?:the )?(?:(?:official|final|original|theatrical|red band|international) )*(?:${CLEAR})(?:\\W.*|\\d*)?$`,
  'iu',
);
const BEHIND = new RegExp(
  `^[\\s._-]*(?:(?:official|final|original|theatrical|red band|international)[ ._-])*(?:${CLEAR})(?![\\p{L}])`,
  'iu',
);
/** In names of episodes a title may end so ("The Trailer"), in others not. */
const SPACED = new RegExp(`(?<=\\S) (?:-|–)? ?(${CLEAR})${NUMBER}$`, 'iu');

const FOLDER =
  /^(?:extras?|bonus(?: (?:features?|material|disc))?|trailers?|teasers?|samples?|proof|featurettes?|behind the scenes|making of|deleted scenes?|interviews?|bloopers?|outtakes?|scenes|shorts|others?|clips|backdrops|theme-music|specials features?|special features?|nc(?:op|ed)s?|menus?|pvs?)$/iu;
/** Folders that may hold works of their own as well. */
const AMBIGUOUS_FOLDER =
  /^(?:interviews?|scenes|shorts|others?|clips|extras?|bonus.*|special features?|making of|behind the scenes|featurettes?)$/iu;

export const isExtrasFolder = (name: string): boolean => FOLDER.test(name);
export const mayHoldWorks = (folder: string): boolean => AMBIGUOUS_FOLDER.test(folder);
/** Whether a whole name is that of an extra: "Making of", "trailer 2", "Deleted Scenes - Alternate". */
export const isExtrasName = (name: string): boolean => WHOLE.test(name);
/** Whether what follows a year is: "Inception (2010) Making of". */
export const beginsWithExtra = (text: string): boolean => BEHIND.test(text);

/** Whether a name is that of an extra, wherever it lies. */
export const isExtra = (stem: string): boolean =>
  isExtrasName(stem) || HYPHENATED.test(stem) || LEADING.test(stem);

/** A name of an extra: what it belongs to, and what it is. */
export function splitExtra(stem: string): { owner: string; what: string } | null {
  const found = HYPHENATED.exec(stem) ?? (/[ ]/.test(stem) ? SPACED.exec(stem) : DOTTED.exec(stem));
  if (found) return { owner: stem.slice(0, found.index), what: stem.slice(found.index) };
  const leading = LEADING.exec(stem);
  return leading ? { owner: stem.slice(leading[0].length), what: leading[1]! } : null;
}
