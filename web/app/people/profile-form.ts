import { request } from '../graphql.ts';
import type { Page } from '../pages/page.ts';
import type { Session } from '../sign-in/session.ts';
import { h } from '../ui/dom.ts';
import { renameEntry } from '../ui/entries.ts';
import { rememberPlace } from '../ui/place.ts';
import { type Choice, checkbox, field, radios, section } from './fields.ts';
import { languageChoices } from './language-choices.ts';
import {
  CREATE_PROFILE,
  DELETE_PROFILE,
  type Profile,
  type ProfileInput,
  type ProfileOutcome,
  UPDATE_PROFILE,
} from './operations.ts';
import { drawPicture, PICTURES } from './pictures.ts';
import { askPin, MAX_PIN } from './pin.ts';
import { problemText } from './problems.ts';
import { forgetWho } from './who.ts';

const LIST = '#/profiles/manage';
/** Pages that show all profiles. */
const LISTS = [LIST, '#/profiles'];

/** Ages at which boards of classification draw their lines. */
const AGES = [0, 6, 9, 12, 14, 16, 18];

/** Makes a profile, or changes one. */
export function profilePage(session: Session, profile: Profile | null): Page {
  const name = h('input', {
    name: 'name',
    // Who has no keys to type with may leave a new one empty.
    required: profile !== null,
    maxlength: 40,
    autocomplete: 'off',
    value: profile?.name,
  });
  const pictures = radios(
    'picture',
    [
      { value: '', label: drawPicture({ name: profile?.name ?? '?', picture: null }), description: 'Letter' },
      ...Object.entries(PICTURES).map(([value, { label }]) => ({
        value,
        label: drawPicture({ name: '', picture: value }),
        description: label,
      })),
    ],
    profile ? (profile.picture ?? '') : 'fox',
  );
  const kid = checkbox('A kids’ profile: cannot manage anything', profile?.isKid ?? false);
  const limit = radios('age', ageChoices(profile?.ratingLimit ?? null), String(profile?.ratingLimit ?? ''));
  const hasHours = checkbox('Only at certain hours', profile?.hours != null);
  const from = h('input', { type: 'time', value: profile?.hours?.from ?? '07:00', required: true });
  const until = h('input', { type: 'time', value: profile?.hours?.until ?? '19:30', required: true });
  const hours = h('div', { class: 'fields' }, field('From', from), field('Until', until));
  const pin = h('input', {
    type: 'password',
    inputmode: 'numeric',
    pattern: `[0-9]{4,${MAX_PIN}}`,
    maxlength: MAX_PIN,
    autocomplete: 'new-password',
    placeholder: profile?.hasPin ? 'As it is' : '4 to 8 digits',
    title: '4 to 8 digits',
  });
  const noPin = checkbox('Remove the PIN', false);
  const audio = languageChoices('As the browser has it', profile?.audioLanguages ?? []);
  const subtitles = languageChoices('As the browser has it', profile?.subtitleLanguages ?? []);
  const trouble = h('p', { role: 'alert', class: 'trouble' });
  const save = h('button', { class: 'button primary' }, profile ? 'Save' : 'Make the profile');

  const adapt = () => {
    const picture = PICTURES[pictures.value() as keyof typeof PICTURES];
    name.placeholder = profile ? '' : (picture?.label ?? 'Profile');
    hours.hidden = !hasHours.input.checked;
    for (const input of [from, until]) input.disabled = hours.hidden;
    pin.disabled = noPin.input.checked;
  };
  const input = (): ProfileInput => ({
    name: name.value.trim() || name.placeholder,
    picture: pictures.value() || null,
    isKid: kid.input.checked,
    ratingLimit: limit.value() === '' ? null : Number(limit.value()),
    hours: hasHours.input.checked
      ? {
          from: from.value,
          until: until.value,
          timeZone: profile?.hours?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
        }
      : null,
    ...(noPin.input.checked ? { pin: null } : pin.value === '' ? {} : { pin: pin.value }),
    audioLanguages: audio.value(),
    subtitleLanguages: subtitles.value(),
  });
  /** Changes of a profile with a PIN need it. */
  const withPin = async (
    change: (pin: { pin?: string | null }) => Promise<{ outcome: ProfileOutcome }>,
  ): Promise<ProfileOutcome | null> => {
    const attempt = async (given: string | null) => (await change(profile ? { pin: given } : {})).outcome;
    return profile?.hasPin ? askPin(`PIN of ${profile.name}`, attempt) : attempt(null);
  };
  const apply = async (change: Parameters<typeof withPin>[0]) => {
    trouble.textContent = '';
    const isHere = rememberPlace();
    try {
      const outcome = await withPin(change);
      if (!outcome) return;
      if (outcome.error) {
        trouble.textContent = problemText(outcome.error);
        return;
      }
      forgetWho();
      if (isHere()) renameEntry(LIST);
      // A limit or a profile less may be in the token of this device.
      await session.renew();
      // Lists of profiles that were opened before.
      if (LISTS.includes(location.hash)) dispatchEvent(new HashChangeEvent('hashchange'));
    } catch (error) {
      trouble.textContent = `That did not work: ${(error as Error).message}`;
    }
  };
  const remove = h(
    'button',
    {
      class: 'button',
      type: 'button',
      onclick: () => {
        if (confirm(`Delete the profile of ${profile!.name}, with all it has watched?`))
          void apply((pin) => request(DELETE_PROFILE, { id: profile!.id, ...pin }));
      },
    },
    'Delete this profile',
  );
  const form = h(
    'form',
    { class: 'form', onchange: adapt },
    section('Name', field('What the profile is called', name)),
    section('Picture', pictures.element),
    section('What may be watched', limit.element, kid.element, hasHours.element, hours),
    section('PIN', field('Asked for when the profile is chosen', pin), profile?.hasPin && noPin.element),
    section('Languages', field('Sound', audio.element), field('Subtitles', subtitles.element)),
    trouble,
    h(
      'div',
      { class: 'actions' },
      save,
      h('a', { class: 'button', href: '#/profiles/manage' }, 'Cancel'),
      profile && remove,
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    save.disabled = true;
    await apply((pin) =>
      profile
        ? request(UPDATE_PROFILE, { id: profile.id, input: input(), ...pin })
        : request(CREATE_PROFILE, { input: input() }),
    );
    save.disabled = false;
  });
  adapt();
  const heading = profile ? `Profile of ${profile.name}` : 'New profile';
  return {
    title: `${heading} · Giggityflix`,
    element: h('section', { class: 'narrow' }, h('h1', {}, heading), form),
  };
}

function ageChoices(now: number | null): Choice[] {
  const ages = now === null || AGES.includes(now) ? AGES : [...AGES, now].sort((a, b) => a - b);
  return [
    { value: '', label: 'Everything' },
    ...ages.map((age) => ({
      value: String(age),
      label: age === 0 ? 'For all ages' : `Up to ${age}`,
    })),
  ];
}
