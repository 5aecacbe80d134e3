import { canonical } from './facts.ts';
import { type Speaker, weigh } from './voices.ts';

export interface Vote<Voter, T> {
  value: T;
  by: Voter;
}

/** Weights are sums of fractions. */
const SAME_WEIGHT = 1e-9;

/** What most voters say, and of several that weigh the same that of the first; null when nobody says anything. */
export function heaviest<Voter extends Speaker, T>(
  voters: readonly Voter[],
  newcomers: ReadonlySet<string>,
  read: (voter: Voter) => T | null,
  keyOf: (value: T) => string = canonical,
): Vote<Voter, T> | null {
  const speaking = voters.filter((voter) => read(voter) !== null);
  const weights = weigh(speaking, newcomers);
  const votes = new Map<string, Vote<Voter, T> & { weight: number }>();
  for (const [index, voter] of speaking.entries()) {
    const value = read(voter) as T;
    const key = keyOf(value);
    const vote = votes.get(key) ?? { value, by: voter, weight: 0 };
    vote.weight += weights[index] as number;
    votes.set(key, vote);
  }
  let winner: (Vote<Voter, T> & { weight: number }) | null = null;
  for (const vote of votes.values()) if (!winner || vote.weight > winner.weight + SAME_WEIGHT) winner = vote;
  return winner;
}

/** An empty list says nothing. */
export function present<T>(value: T): T | null {
  return Array.isArray(value) && value.length === 0 ? null : value;
}
