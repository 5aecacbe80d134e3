import { stricter } from '../ages/certification.ts';
import { newcomersAmong, type Speaker, voiceOf } from './voices.ts';
import { heaviest } from './votes.ts';

/** That someone says from which age a work may be watched, or, with null, describes it without saying so. */
export interface Stated extends Speaker {
  age: number | null;
}

/**
 * The age from which a work may be watched: the strictest that anyone says, so that nobody's lower claim opens a film to
 * children. One of which most say nothing is of no known age: who comes later and says that it is for everyone does not open it
 * either. Each network is one voice, which says something when any of its peers does. `voters` in the order of seniority.
 */
export function votedAge(voters: readonly Stated[], newcomers?: ReadonlySet<string>): number | null {
  const ages = voters.map(({ age }) => age);
  if (!ages.includes(null) || ages.every((age) => age === null)) return ages.reduce(stricter, null);
  const voices = new Map<string, Stated>();
  for (const voter of voters) {
    const voice = voiceOf(voter);
    const known = voices.get(voice);
    if (!known) voices.set(voice, voter);
    else voices.set(voice, { ...known, age: stricter(known.age, voter.age) });
  }
  const speaking = [...voices.values()];
  const isStated = heaviest(speaking, newcomers ?? newcomersAmong(voters), ({ age }) => age !== null);
  return isStated?.value ? ages.reduce(stricter, null) : null;
}
