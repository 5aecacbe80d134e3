import { expect, it } from 'vitest';
import { choiceOf } from './choice.ts';
import { PLAIN, type Profile } from './profile.ts';

const profile = (id: string, more: Partial<Profile> = {}): Profile => ({
  ...PLAIN,
  id,
  accountId: 'a',
  name: id,
  createdAt: new Date(0),
  changedAt: new Date(0),
  ...more,
});
const hours = { from: '07:00', until: '19:00', timeZone: 'UTC' };
const adult = profile('adult');
const teen = profile('teen', { ratingLimit: 12 });
const kid = profile('kid', { ratingLimit: 0, isKid: true, hours });

it('is the only profile, whatever a device had chosen', () => {
  for (const chosen of [null, 'gone'])
    expect(choiceOf([teen], chosen)).toEqual({ profile: teen, ratingLimit: 12, isKid: false, hoursOf: [] });
});

it('is the chosen one of several', () => {
  const all = [adult, teen, kid];
  expect(choiceOf(all, 'adult')).toEqual({ profile: adult, ratingLimit: null, isKid: false, hoursOf: [] });
  expect(choiceOf(all, 'kid')).toEqual({ profile: kid, ratingLimit: 0, isKid: true, hoursOf: [kid] });
});

it('has the limits of all while none of several was chosen', () => {
  for (const chosen of [null, 'gone'])
    expect(choiceOf([adult, teen, kid], chosen)).toEqual({
      profile: null,
      ratingLimit: 0,
      isKid: true,
      hoursOf: [kid],
    });
  expect(choiceOf([adult, profile('other')], null)).toMatchObject({ ratingLimit: null, isKid: false });
});
