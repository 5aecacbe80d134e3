import { checkName } from '../accounts/login.ts';
import { timeZoneOf, type WatchHours } from './hours.ts';
import { PICTURES, type ProfileValues } from './profile.ts';

/** What someone asks for; what is undefined stays as it is, and null takes it away. */
export interface ProfileInput {
  name: string;
  picture?: string | null | undefined;
  isKid?: boolean | null | undefined;
  ratingLimit?: number | null | undefined;
  hours?: WatchHours | null | undefined;
  pin?: string | null | undefined;
  audioLanguages?: readonly string[] | null | undefined;
  subtitleLanguages?: readonly string[] | null | undefined;
}

/** `pin` is undefined where it stays, and null where it is taken away. */
export type ProfileCheck =
  | {
      ok: true;
      values: Partial<Omit<ProfileValues, 'pinHash'>> & { name: string };
      pin: string | null | undefined;
    }
  | { ok: false; problem: string };

const MAX_RATING = 21;
const MAX_LANGUAGES = 20;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

export const PIN = /^\d{4,8}$/;

export function checkProfile(input: ProfileInput): ProfileCheck {
  const refuse = (problem: string) => ({ ok: false, problem }) as const;
  const name = checkName(input.name);
  if (!name.ok) return name;
  const { picture, isKid, ratingLimit, pin } = input;
  if (picture != null && !(PICTURES as readonly string[]).includes(picture))
    return refuse(`The picture is none of these: ${PICTURES.join(', ')}.`);
  if (ratingLimit != null && !(ratingLimit >= 0 && ratingLimit <= MAX_RATING))
    return refuse(`The rating limit is an age from 0 to ${MAX_RATING}.`);
  if (pin != null && !PIN.test(pin)) return refuse('The PIN has 4 to 8 digits.');
  const hours = input.hours == null ? input.hours : hoursOf(input.hours);
  if (typeof hours === 'string') return refuse(hours);
  const languages = [input.audioLanguages, input.subtitleLanguages].map((tags) => tags && languagesOf(tags));
  if (languages.some((tags) => typeof tags === 'string'))
    return refuse(`At most ${MAX_LANGUAGES} languages can be named, each by its tag, such as en or pt-BR.`);
  const [audioLanguages, subtitleLanguages] = languages as (string[] | null | undefined)[];
  return {
    ok: true,
    pin,
    values: {
      name: name.name,
      ...(picture !== undefined && { picture }),
      ...(isKid != null && { isKid }),
      ...(ratingLimit !== undefined && { ratingLimit }),
      ...(hours !== undefined && { hours }),
      ...(audioLanguages !== undefined && { audioLanguages: audioLanguages ?? [] }),
      ...(subtitleLanguages !== undefined && { subtitleLanguages: subtitleLanguages ?? [] }),
    },
  };
}

/** The hours, or what is wrong with them. */
function hoursOf({ from, until, timeZone }: WatchHours): WatchHours | string {
  if (!TIME.test(from) || !TIME.test(until)) return 'Hours are given as HH:MM, from 00:00 to 23:59.';
  if (from === until) return 'The hours begin when they end.';
  const zone = timeZoneOf(timeZone);
  return zone === null ? 'The time zone is none, such as Europe/Berlin.' : { from, until, timeZone: zone };
}

/** The tags as they are written, or 'invalid'. */
function languagesOf(tags: readonly string[]): string[] | 'invalid' {
  if (tags.length > MAX_LANGUAGES || tags.some((tag) => tag.length > 35)) return 'invalid';
  try {
    return Intl.getCanonicalLocales([...tags]);
  } catch {
    return 'invalid';
  }
}
