import { describe, expect, it } from 'vitest';
import type { Account } from '../accounts/account.ts';
import type { WatchHours } from '../profiles/hours.ts';
import { PLAIN, type Profile } from '../profiles/profile.ts';
import { createEntitlements } from './entitlements.ts';

const hours: WatchHours = { from: '18:00', until: '02:00', timeZone: 'Europe/Berlin' };
const profile = (id: string, more: Partial<Profile> = {}): Profile => ({
  ...PLAIN,
  id,
  accountId: 'a',
  name: id,
  createdAt: new Date(0),
  changedAt: new Date(0),
  ...more,
});

function createSubject(
  given: { libraries?: string[]; profiles?: Profile[]; at?: string; files?: string[] | null } = {},
) {
  const { libraries = null, profiles = [profile('only')], at = '2026-01-15T20:00:00Z', files = null } = given;
  const questions: unknown[] = [];
  const account = { id: 'a', name: 'a', role: 'member', state: 'active', plan: null, libraries } as Account;
  const entitlements = createEntitlements({
    accounts: { find: async () => account } as never,
    profiles: { listOf: async () => profiles } as never,
    plans: {},
    files: files && {
      async allowed(ids, limits) {
        questions.push(limits);
        return new Set(ids.filter((id) => files.includes(id)));
      },
    },
    clock: () => Date.parse(at),
  });
  return {
    questions,
    check: (profileId: string | null, contentId: string | null = 'film') =>
      entitlements.check({ userId: 'a', profileId, contentId, region: null }),
  };
}
const allowed = (until: string | null = null) => ({ entitled: true, max_concurrent_streams: null, until });
const tooLate = { entitled: false, reason: 'the profile may not watch at this time' };
const notThis = { entitled: false, reason: 'the profile may not watch this title' };

describe('hours', () => {
  const profiles = [profile('adult'), profile('kid', { hours })];

  it.each([
    ['2026-01-15T16:59:59Z', tooLate],
    ['2026-01-15T17:00:00Z', allowed('2026-01-16T01:00:00.000Z')],
    ['2026-01-16T00:59:59Z', allowed('2026-01-16T01:00:00.000Z')],
    ['2026-01-16T01:00:00Z', tooLate],
  ])('at %s', async (at, answer) => {
    const { check } = createSubject({ profiles, at });
    expect(await check('kid')).toEqual(answer);
    // Without a profile that is the account's, those of all count.
    for (const none of [null, 'of someone else']) expect(await check(none)).toEqual(answer);
    expect(await check('adult')).toEqual(allowed());
  });

  it('of several end with the first', async () => {
    const early = { from: '06:00', until: '22:00', timeZone: 'Europe/Berlin' };
    const { check } = createSubject({ profiles: [...profiles, profile('baby', { hours: early })] });
    expect(await check(null)).toEqual(allowed('2026-01-15T21:00:00.000Z'));
  });
});

describe('libraries and ratings', () => {
  const profiles = [profile('adult'), profile('kid', { ratingLimit: 6 })];

  it('are asked of the catalog for those who are limited', async () => {
    const { check, questions } = createSubject({ profiles, files: ['film'] });
    expect(await check('adult', 'other')).toEqual(allowed());
    expect(questions).toEqual([]);
    expect(await check('kid')).toEqual(allowed());
    expect(await check('kid', 'other')).toEqual(notThis);
    expect(await check(null, 'other')).toEqual(notThis);
    expect(questions).toEqual(Array(3).fill({ libraries: null, ratingLimit: 6 }));
  });

  it('are both counted', async () => {
    const { check, questions } = createSubject({ profiles, libraries: ['kids'], files: [] });
    expect(await check('adult')).toEqual(notThis);
    expect(await check('kid')).toEqual(notThis);
    expect(questions).toEqual([
      { libraries: ['kids'], ratingLimit: null },
      { libraries: ['kids'], ratingLimit: 6 },
    ]);
  });

  it('are left to others where there is no catalog to ask, or no file', async () => {
    expect(await createSubject({ profiles }).check('kid')).toEqual(allowed());
    expect(await createSubject({ profiles, files: [] }).check('kid', null)).toEqual(allowed());
  });
});
