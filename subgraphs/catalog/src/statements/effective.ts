import { type TitleFacts, titleKey } from '../titles/identity.ts';
import { canonical, type Facts, type FileFacts } from './facts.ts';
import { heard, isProven, type Ranked } from './standing.ts';
import { newcomersAmong, type Speaker, voiceOf, weigh } from './voices.ts';

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
  /** The peer whose word the title is. */
  describedBy: string;
  /** Whom that peer speaks for. */
  voice: string;
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
  ) as Vote<TitleFacts>;
  const file = Object.fromEntries(
    FIELDS.map((field) => [field, most(({ facts }) => present(facts.file[field]))?.value ?? null]),
  ) as unknown as FileFacts;
  return {
    title: correction ?? title.value,
    file: {
      ...file,
      chapters: file.chapters ?? [],
      tracks: file.tracks ?? [],
      hashes: hashesOf(voters, newcomers),
    },
    describedBy: title.by.peerId,
    voice: voiceOf(title.by),
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
  by: Statement;
}

/** Weights are sums of fractions. */
const SAME_WEIGHT = 1e-9;

/** What most voters say, and of several that weigh the same that of the eldest; null when nobody says anything. */
function heaviest<T>(
  voters: readonly Statement[],
  newcomers: ReadonlySet<string>,
  read: (statement: Statement) => T | null,
  keyOf: (value: T) => string = canonical,
): Vote<T> | null {
  const speaking = voters.filter((voter) => read(voter) !== null);
  const weights = weigh(speaking, newcomers);
  const votes = new Map<string, Vote<T> & { weight: number }>();
  for (const [index, voter] of speaking.entries()) {
    const value = read(voter) as T;
    const key = keyOf(value);
    const vote = votes.get(key) ?? { value, by: voter, weight: 0 };
    vote.weight += weights[index] as number;
    votes.set(key, vote);
  }
  let winner: (Vote<T> & { weight: number }) | null = null;
  for (const vote of votes.values()) if (!winner || vote.weight > winner.weight + SAME_WEIGHT) winner = vote;
  return winner;
}

function hashesOf(voters: readonly Statement[], newcomers: ReadonlySet<string>): Record<string, string> {
  const algorithms = new Set(voters.flatMap(({ facts }) => Object.keys(facts.file.hashes)));
  const hashes: Record<string, string> = {};
  for (const algorithm of [...algorithms].sort()) {
    const vote = heaviest(voters, newcomers, ({ facts }) => facts.file.hashes[algorithm] ?? null);
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
