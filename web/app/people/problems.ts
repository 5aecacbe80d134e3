import { waiting } from '../ui/format.ts';
import type { ProfileOutcome } from './operations.ts';

/** Why a profile could not be chosen or changed. */
export function problemText({
  code,
  message,
  retryAfterSeconds,
}: NonNullable<ProfileOutcome['error']>): string {
  switch (code) {
    case 'WRONG_PIN':
      return 'That PIN is wrong.';
    case 'LOCKED':
      return retryAfterSeconds
        ? `Too many wrong PINs. Try again in ${waiting(retryAfterSeconds)}.`
        : 'Too many wrong PINs. Try again later.';
    case 'LAST_PROFILE':
      return 'An account has at least one profile: make another one first.';
    case 'TOO_MANY_PROFILES':
      return 'There are as many profiles as an account can have. Delete one first.';
    case 'NOT_FOUND':
      return 'This profile is not there any more.';
    default:
      return message;
  }
}
