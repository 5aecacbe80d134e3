import type { MediaDetails } from '@giggityflix/proto/media-file';
import { leastAge } from '../ages/certification.ts';
import { type TitleFacts, titleKey } from '../titles/identity.ts';
import { canonical, type Facts, type FileFacts } from './facts.ts';
import { mergeDetails } from './merge-details.ts';
import { heard, isProven, type Ranked } from './standing.ts';
import { newcomersAmong, type Speaker, voiceOf } from './voices.ts';
import { votedAge } from './voted-age.ts';
import { heaviest, present, type Vote } from './votes.ts';

/** A peer's word on a file, with what speaks for it. */
export interface Statement extends Ranked, Speaker {
  /** When this peer first said anything of the file: the elder wins where as many say one thing as another. */
  firstAt: number;
  digest: string;
  facts: Facts;
}

/** What a file is, in view of all that was said of it. */
export interface Effective {
  title: TitleFacts;
  file: FileFacts;
  /** What those say of the work whose word the title is; nothing where an operator says that it is another. */
  details: MediaDetails | null;
  /** The age from which the work may be watched; null where that is not known. */
  statedAge: number | null;
  /** The peer whose word the title is. */
  describedBy: string;
  /** Whom that peer speaks for. */
  voice: string;
  speaker: Speaker;
  /** When the first of those who are heard spoke. */
  firstAt: number;
  /** That of the statements heard, when they are equal. */
  digest: string | null;
  isProven: boolean;
  /** A peer has the file now. */
  isHeld: boolean;
}

/**
 * The description of a file: each part of it is what most of those say who are heard (see {@link heard}) and say anything of
 * it; each network is one voice, see {@link weigh}. Null when nobody is heard. An operator's correction stands above all.
 */
export function effective(
  statements: readonly Statement[],
  correction: TitleFacts | null = null,
): Effective | null {
  const voters = heard(statements).sort(bySeniority);
  const [eldest] = voters;
  if (!eldest) return null;
  const newcomers = newcomersAmong(voters);
  const most = <T>(read: (statement: Statement) => T | null, keyOf?: (value: T) => string) =>
    heaviest(voters, newcomers, read, keyOf);
  const title = most(
    ({ facts }) => facts.title,
    (title) => canonical(titleKey(title)),
  ) as Vote<Statement, TitleFacts>;
  const file = Object.fromEntries(
    FIELDS.map((field) => [field, most(({ facts }) => present(facts.file[field]))?.value ?? null]),
  ) as unknown as FileFacts;
  const keyOf = (facts: TitleFacts) => canonical(titleKey(facts));
  const isTheirs = correction === null || keyOf(correction) === keyOf(title.value);
  return {
    title: correction ?? title.value,
    details: isTheirs
      ? mergeDetails(
          voters.filter(({ facts }) => keyOf(facts.title) === keyOf(title.value)),
          ({ facts }) => facts.details,
          newcomers,
        )
      : null,
    file: {
      ...file,
      chapters: file.chapters ?? [],
      markers: file.markers ?? [],
      tracks: file.tracks ?? [],
      hashes: hashesOf(voters, newcomers),
    },
    // Of all voters, whatever they call it: by another name a film does not become one for children.
    statedAge: votedAge(
      voters.map((voter) => ({ ...voter, age: leastAge(voter.facts.details?.certification) })),
      newcomers,
    ),
    describedBy: title.by.peerId,
    voice: voiceOf(title.by),
    speaker: title.by,
    firstAt: eldest.firstAt,
    digest: voters.every(({ digest }) => digest === eldest.digest) ? eldest.digest : null,
    isProven: isProven(eldest.standing),
    isHeld: eldest.standing.kind !== 'left',
  };
}

const FIELDS = [
  'name',
  'sizeBytes',
  'container',
  'mimeType',
  'videoCodec',
  'audioCodec',
  'durationSeconds',
  'width',
  'height',
  'language',
  'chapters',
  'markers',
  'tracks',
] as const;

function hashesOf(voters: readonly Statement[], newcomers: ReadonlySet<string>): Record<string, string> {
  const algorithms = new Set(voters.flatMap(({ facts }) => Object.keys(facts.file.hashes)));
  const hashes: Record<string, string> = {};
  for (const algorithm of [...algorithms].sort()) {
    const vote = heaviest(voters, newcomers, ({ facts }) => facts.file.hashes[algorithm] ?? null);
    if (vote) hashes[algorithm] = vote.value;
  }
  return hashes;
}

function bySeniority(one: Statement, other: Statement): number {
  return one.firstAt - other.firstAt || (one.peerId < other.peerId ? -1 : 1);
}
