import type { Passwords } from '../credentials/passwords.ts';
import type { Backoff, Failures } from '../failures/failures.ts';
import { PIN } from './checks.ts';
import type { Profile } from './profile.ts';

const MINUTE_MS = 60_000;
/** Four digits are few: at an attempt an hour, all of them take a year. */
const WRONG_PINS: Backoff = {
  free: 5,
  firstMs: 30_000,
  mostMs: 60 * MINUTE_MS,
  forgetMs: 12 * 60 * MINUTE_MS,
};

export type PinOutcome = 'right' | 'wrong' | { retryAfterSeconds: number };

export interface Pins {
  hash(pin: string): Promise<string>;
  /**
   * Whether a PIN is that of a profile, which may have none. Wrong ones are counted on whichever device, and lock the profile.
   * @throws UnavailableError when too many are hashed at once.
   */
  check(profile: Pick<Profile, 'id' | 'pinHash'>, pin: string | null): Promise<PinOutcome>;
  /** Forgets the wrong ones of a profile. */
  unlock(id: string): Promise<void>;
}

export function createPins(deps: { passwords: Passwords; failures: Failures; clock?: () => number }): Pins {
  const { passwords, failures, clock = Date.now } = deps;
  return {
    hash: (pin) => passwords.hash(pin),
    async check({ id, pinHash }, pin) {
      if (pinHash === null) return 'right';
      // Who gives none has not guessed.
      if (pin === null) return 'wrong';
      const key = keyOf(id);
      const attempt = await failures.attempt(key, WRONG_PINS, clock());
      if (attempt.outcome === 'locked') return { retryAfterSeconds: Math.ceil(attempt.retryMs / 1_000) };
      if (!PIN.test(pin) || !(await passwords.matches(pinHash, pin))) return 'wrong';
      await failures.forget(key);
      return 'right';
    },
    unlock: (id) => failures.forget(keyOf(id)),
  };
}

function keyOf(id: string): string {
  return `pin ${id}`;
}
