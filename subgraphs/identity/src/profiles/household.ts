import type { Account } from '../accounts/account.ts';
import type { Devices } from '../devices/devices.ts';
import { checkProfile, type ProfileInput } from './checks.ts';
import { type Choice, choiceOf } from './choice.ts';
import type { Pins } from './pins.ts';
import { MAX_PROFILES, PLAIN, type Profile, type ProfileValues } from './profile.ts';
import type { Profiles } from './profiles.ts';

/** Someone who is signed in on a device, as both are now. */
export interface Person {
  account: Account;
  deviceId: string;
  choice: Choice;
}

export type ProfileProblem =
  | {
      code: 'WRONG_PIN' | 'LAST_PROFILE' | 'TOO_MANY_PROFILES' | 'NOT_FOUND' | 'INVALID';
      message: string;
    }
  | { code: 'LOCKED'; message: string; retryAfterSeconds: number };

export type ProfileOutcome = { ok: true; profile: Profile } | { ok: false; problem: ProfileProblem };

/** What the profiles of an account may be changed by; all of it but {@link Household.choose} is not for kids. */
export interface Household {
  /** Who watches on a device of an account, or on one that is not known yet. */
  choiceOn(account: Account, deviceId: string | null): Promise<Choice>;
  create(person: Person, input: ProfileInput): Promise<ProfileOutcome>;
  update(person: Person, request: ById & { input: ProfileInput }): Promise<ProfileOutcome>;
  remove(person: Person, request: ById): Promise<ProfileOutcome>;
  choose(person: Person, request: ById): Promise<ProfileOutcome>;
  /** Takes the PIN of a profile away, for someone who has just signed in as its account; null where it has no such profile. */
  removePin(account: Pick<Account, 'id'>, id: string): Promise<Profile | null>;
}

interface ById {
  id: string;
  pin: string | null;
}

export function createHousehold(deps: {
  profiles: Profiles;
  devices: Devices;
  pins: Pins;
  /** Around what changes the limits of a device, or with null of each device of an account. */
  limitsChanged<T>(
    subject: { accountId: string; deviceId: string | null },
    change: () => Promise<T>,
  ): Promise<T>;
}): Household {
  const { profiles, devices, pins, limitsChanged } = deps;

  /** One's own profile, once its PIN was given. */
  const open = async ({ account }: Person, { id, pin }: ById): Promise<ProfileOutcome> => {
    const profile = await profiles.find(id);
    if (profile?.accountId !== account.id) return refused(NOT_FOUND);
    const outcome = await pins.check(profile, pin);
    if (outcome === 'right') return { ok: true, profile };
    if (outcome === 'wrong') return refused({ code: 'WRONG_PIN', message: 'The PIN is wrong.' });
    const message = `Too many PINs were wrong. Try again in ${outcome.retryAfterSeconds} seconds.`;
    return refused({ code: 'LOCKED', message, ...outcome });
  };
  const withPin = async (checked: Checked): Promise<Partial<ProfileValues> & { name: string }> => ({
    ...checked.values,
    ...(checked.pin !== undefined && {
      pinHash: checked.pin === null ? null : await pins.hash(checked.pin),
    }),
  });

  return {
    async choiceOn(account, deviceId) {
      const [all, device] = await Promise.all([
        profiles.listOf(account, new Date()),
        deviceId === null ? null : devices.find(deviceId),
      ]);
      return choiceOf(all, device?.accountId === account.id ? device.profileId : null);
    },
    async create({ account, deviceId, choice }, input) {
      const checked = checkProfile(input);
      if (!checked.ok) return refused({ code: 'INVALID', message: checked.problem });
      // The first one is there before others are.
      const all = await profiles.listOf(account, new Date());
      if (all.length >= MAX_PROFILES) return refused(TOO_MANY);
      const values = { ...PLAIN, ...(await withPin(checked)) };
      // What was chosen by itself, being the only one, stays chosen on the device where someone adds another.
      if (choice.profile) await devices.choose(deviceId, choice.profile.id);
      // Other devices that chose none are limited as the new one is.
      const created = await limitsChanged({ accountId: account.id, deviceId: null }, () =>
        profiles.create(account.id, values, new Date()),
      );
      return created.outcome === 'created' ? { ok: true, profile: created.profile } : refused(TOO_MANY);
    },
    async update(person, { input, ...which }) {
      const checked = checkProfile(input);
      if (!checked.ok) return refused({ code: 'INVALID', message: checked.problem });
      const opened = await open(person, which);
      if (!opened.ok) return opened;
      const change = await withPin(checked);
      const make = () => profiles.update(which.id, change, new Date());
      const isLimiting = limitsOf({ ...opened.profile, ...change }) !== limitsOf(opened.profile);
      const everywhere = { accountId: person.account.id, deviceId: null };
      const updated = await (isLimiting ? limitsChanged(everywhere, make) : make());
      if (updated.outcome !== 'updated') return refused(updated.outcome === 'last' ? LAST : NOT_FOUND);
      return { ok: true, profile: updated.profile };
    },
    async remove(person, which) {
      const opened = await open(person, which);
      if (!opened.ok) return opened;
      const everywhere = { accountId: person.account.id, deviceId: null };
      const outcome = await limitsChanged(everywhere, () => profiles.remove(which.id));
      if (outcome === 'unknown') return refused(NOT_FOUND);
      if (outcome === 'last') return refused(LAST);
      return opened;
    },
    async choose(person, which) {
      const opened = await open(person, which);
      if (!opened.ok) return opened;
      const { account, deviceId, choice } = person;
      const make = () => devices.choose(deviceId, which.id);
      const isOther = choice.profile?.id !== which.id;
      const isDone = await (isOther ? limitsChanged({ accountId: account.id, deviceId }, make) : make());
      return isDone ? opened : refused(NOT_FOUND);
    },
    async removePin(account, id) {
      const profile = await profiles.find(id);
      if (profile?.accountId !== account.id) return null;
      const updated = await profiles.update(id, { pinHash: null }, new Date());
      if (updated.outcome !== 'updated') return null;
      await pins.unlock(id);
      return updated.profile;
    },
  };
}

type Checked = Extract<ReturnType<typeof checkProfile>, { ok: true }>;

const NOT_FOUND: ProfileProblem = { code: 'NOT_FOUND', message: 'There is no such profile.' };
const LAST: ProfileProblem = {
  code: 'LAST_PROFILE',
  message: 'An account keeps one profile that is no kid’s.',
};
const TOO_MANY: ProfileProblem = {
  code: 'TOO_MANY_PROFILES',
  message: `An account has at most ${MAX_PROFILES} profiles.`,
};

function refused(problem: ProfileProblem): ProfileOutcome {
  return { ok: false, problem };
}

function limitsOf({ isKid, ratingLimit, hours }: Profile): string {
  return JSON.stringify([isKid, ratingLimit, hours && [hours.from, hours.until, hours.timeZone]]);
}
