import type { Profile } from './profile.ts';

/** What decides about a choice, and what limits it. */
export type Candidate = Pick<Profile, 'id' | 'isKid' | 'ratingLimit' | 'hours'>;

/** Who watches on a device, as far as is known. */
export interface Choice<T extends Candidate = Profile> {
  /** Null while an account has several and none was chosen. */
  profile: T | null;
  ratingLimit: number | null;
  isKid: boolean;
  /** Whose hours count: all must let someone watch. */
  hoursOf: readonly T[];
}

/**
 * The only profile of an account is chosen by itself. Of several, none of which was chosen, all that limits one of them counts:
 * who is to be limited could otherwise just not choose.
 */
export function choiceOf<T extends Candidate>(profiles: readonly T[], chosenId: string | null): Choice<T> {
  const profile = profiles.find(({ id }) => id === chosenId) ?? (profiles.length === 1 ? profiles[0]! : null);
  const candidates = profile ? [profile] : profiles;
  const limits = candidates.flatMap(({ ratingLimit }) => (ratingLimit === null ? [] : [ratingLimit]));
  return {
    profile,
    ratingLimit: limits.length > 0 ? Math.min(...limits) : null,
    isKid: candidates.some(({ isKid }) => isKid),
    hoursOf: candidates.filter(({ hours }) => hours !== null),
  };
}
