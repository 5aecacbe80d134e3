import { type TitleFacts, titleKey } from '../titles/identity.ts';
import { canonical, type Facts, type FileFacts } from './facts.ts';
import { heard, isProven, type Ranked } from './standing.ts';

/** A peer's word on a file, with what speaks for it. */
export interface Statement extends Ranked {
  /** When this peer first said anything of the file: the elder wins where as many say one thing as another. */
  firstAt: number;
  digest: string;
  facts: Facts;
}

/** What a file is, in view of all that was said of it. */
export interface Effective {
  title: TitleFacts;
  file: FileFacts;
  /** The peer whose word the title is. */
  describedBy: string;
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
 * it. Null when nobody is heard. An operator's correction stands above all.
 */
export function effective(
  statements: readonly Statement[],
  correction: TitleFacts | null = null,
): Effective | null {
  const voters = heard(statements).sort(bySeniority);
  const [eldest] = voters;
  if (!eldest) return null;
  const title = most(
    voters,
    ({ facts }) => facts.title,
    (title) => canonical(titleKey(title)),
  ) as Vote<TitleFacts>;
  const file = Object.fromEntries(
    FIELDS.map((field) => [field, most(voters, ({ facts }) => present(facts.file[field]))?.value ?? null]),
  ) as unknown as FileFacts;
  return {
    title: correction ?? title.value,
    file: {
      ...file,
      chapters: file.chapters ?? [],
      tracks: file.tracks ?? [],
      hashes: hashesOf(voters),
    },
    describedBy: title.by,
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
  'tracks',
] as const;

interface Vote<T> {
  value: T;
  by: string;
}

/** What most voters say, and of several equally frequent values that of the eldest; null when nobody says anything. */
function most<T>(
  voters: readonly Statement[],
  read: (statement: Statement) => T | null,
  keyOf: (value: T) => string = canonical,
): Vote<T> | null {
  const votes = new Map<string, Vote<T> & { count: number }>();
  for (const voter of voters) {
    const value = read(voter);
    if (value === null) continue;
    const key = keyOf(value);
    const vote = votes.get(key) ?? { value, by: voter.peerId, count: 0 };
    vote.count += 1;
    votes.set(key, vote);
  }
  let winner: (Vote<T> & { count: number }) | null = null;
  for (const vote of votes.values()) if (!winner || vote.count > winner.count) winner = vote;
  return winner;
}

function hashesOf(voters: readonly Statement[]): Record<string, string> {
  const algorithms = new Set(voters.flatMap(({ facts }) => Object.keys(facts.file.hashes)));
  const hashes: Record<string, string> = {};
  for (const algorithm of [...algorithms].sort()) {
    const vote = most(voters, ({ facts }) => facts.file.hashes[algorithm] ?? null);
    if (vote) hashes[algorithm] = vote.value;
  }
  return hashes;
}

/** An empty list says nothing. */
function present<T>(value: T): T | null {
  return Array.isArray(value) && value.length === 0 ? null : value;
}

function bySeniority(one: Statement, other: Statement): number {
  return one.firstAt - other.firstAt || (one.peerId < other.peerId ? -1 : 1);
}
