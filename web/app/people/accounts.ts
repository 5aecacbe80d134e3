import { request } from '../graphql.ts';
import type { Page } from '../pages/page.ts';
import { h } from '../ui/dom.ts';
import { all } from './all.ts';
import { field, radios, section } from './fields.ts';
import { describeLibraries, libraryChoice } from './library-choice.ts';
import { listLibraries } from './list-libraries.ts';
import type { Library } from './operations.ts';
import { type AccountState, PEOPLE, type Person, UPDATE_PERSON } from './operations.ts';
import { ACCOUNT_STATES, ROLES, rolesOf } from './roles.ts';
import { attempting } from './rows.ts';
import type { Who } from './who.ts';

/** The people of the installation, and what each may do. */
export async function accountsPage(who: Who): Promise<Page> {
  const [people, libraries] = await Promise.all([all(PEOPLE), listLibraries()]);
  return {
    title: 'People · Giggityflix',
    element: h(
      'section',
      { class: 'narrow' },
      h('a', { class: 'quiet', href: '#/account' }, '← Account'),
      h('h1', {}, 'People'),
      h(
        'div',
        { class: 'actions' },
        h('a', { class: 'button primary', href: '#/account/invitations' }, 'Invite someone'),
      ),
      ...people.map((person) => personSection(person, { who, libraries })),
    ),
  };
}

function personSection(person: Person, { who, libraries }: { who: Who; libraries: Library[] }): HTMLElement {
  const { id, name, login } = person;
  const isOneself = id === who.me.id;
  const facts = h('p', { class: 'facts' });
  const trouble = h('p', { role: 'alert', class: 'trouble' });
  const attempt = attempting(trouble);
  const show = (now: Person) => {
    facts.textContent = [
      login,
      ROLES[now.role],
      now.state === 'ACTIVE' ? null : ACCOUNT_STATES[now.state],
      now.plan,
      describeLibraries(now.libraries, libraries),
    ]
      .filter(Boolean)
      .join(' · ');
  };
  show(person);
  const state = radios(
    `state ${id}`,
    (Object.entries(ACCOUNT_STATES) as [AccountState, string][]).map(([value, label]) => ({ value, label })),
    person.state,
  );
  const role = radios(`role ${id}`, rolesOf(who.me.role), person.role);
  const choice = libraryChoice(`libraries ${id}`, libraries, person.libraries);
  const plan = h('input', { autocomplete: 'off', value: person.plan, placeholder: 'None' });
  const form = h(
    'form',
    { class: 'form' },
    isOneself ? null : state.element,
    isOneself || (person.role === 'OWNER' && who.me.role !== 'OWNER') ? null : role.element,
    choice.element,
    field('Plan', plan),
    h('div', { class: 'actions' }, h('button', { class: 'button primary' }, 'Save')),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(async () => {
      const { outcome } = await request(UPDATE_PERSON, {
        id,
        input: {
          ...(state.element.isConnected && { state: state.value() }),
          ...(role.element.isConnected && { role: role.value() }),
          libraries: choice.value(),
          plan: plan.value.trim() || null,
        },
      });
      if (outcome.error) throw new Error(outcome.error.message);
      if (outcome.account) show(outcome.account);
      details.open = false;
    })();
  });
  const details = h('details', {}, h('summary', { class: 'button' }, 'Change'), form);
  return section(isOneself ? `${name} (you)` : name, facts, trouble, details);
}
