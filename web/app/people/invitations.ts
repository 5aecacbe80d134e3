import { request } from '../graphql.ts';
import type { Page } from '../pages/page.ts';
import { h } from '../ui/dom.ts';
import { all } from './all.ts';
import { field, radios, section } from './fields.ts';
import { describeLibraries, libraryChoice } from './library-choice.ts';
import { showLink } from './link.ts';
import { listLibraries } from './list-libraries.ts';
import { INVITATIONS, INVITE, type Invitation, REVOKE_INVITATION } from './operations.ts';
import { INVITATION_STATES, ROLES, rolesOf } from './roles.ts';
import { attempting, since } from './rows.ts';
import type { Who } from './who.ts';

/** Invites people, and shows who was invited. */
export async function invitationsPage({ me }: Who): Promise<Page> {
  const [invitations, libraries] = await Promise.all([all(INVITATIONS), listLibraries()]);
  const trouble = h('p', { role: 'alert', class: 'trouble' });
  const attempt = attempting(trouble);
  const list = h('ul', { class: 'rows' });
  const made = h('div', { class: 'made', 'aria-live': 'polite' });

  const row = (invitation: Invitation): HTMLElement => {
    const { id, note, role, state, expiresAt, account } = invitation;
    const facts = [
      state === 'OPEN' ? `Open, ends ${since(expiresAt)}` : INVITATION_STATES[state],
      account && `by ${account.name}`,
      ROLES[role],
      invitation.plan,
      describeLibraries(invitation.libraries, libraries),
    ];
    const element = h(
      'li',
      {},
      h(
        'div',
        {},
        h('p', { class: 'name' }, note || 'Without a note'),
        h('p', { class: 'facts' }, facts.filter(Boolean).join(' · ')),
      ),
      state === 'OPEN' &&
        h(
          'button',
          {
            class: 'button',
            type: 'button',
            onclick: attempt(async () => {
              const { outcome } = await request(REVOKE_INVITATION, { id });
              if (outcome.error) throw new Error(outcome.error.message);
              if (outcome.invitation) element.replaceWith(row(outcome.invitation));
            }),
          },
          'Take back',
        ),
    );
    return element;
  };
  list.replaceChildren(...invitations.map(row));

  const note = h('input', { maxlength: 200, autocomplete: 'off', placeholder: 'For Ben, from work' });
  const plan = h('input', { autocomplete: 'off', placeholder: 'None' });
  const role = radios('role', rolesOf(me.role), 'MEMBER');
  const choice = libraryChoice('libraries', libraries, null);
  const form = h(
    'form',
    { class: 'form' },
    field('Who it is for', note),
    role.element,
    choice.element,
    field('Plan', plan),
    h('div', { class: 'actions' }, h('button', { class: 'button primary' }, 'Make a link')),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(async () => {
      const { outcome } = await request(INVITE, {
        input: {
          role: role.value(),
          note: note.value.trim(),
          plan: plan.value.trim() || null,
          libraries: choice.value(),
        },
      });
      if (outcome.error) throw new Error(outcome.error.message);
      if (outcome.invitation) list.prepend(row(outcome.invitation));
      note.value = '';
      if (!outcome.link) return;
      await showLink(made, outcome.link);
    })();
  });
  return {
    title: 'Invitations · Giggityflix',
    element: h(
      'section',
      { class: 'narrow' },
      h('a', { class: 'quiet', href: '#/account' }, '← Account'),
      h('h1', {}, 'Invitations'),
      trouble,
      made,
      section('Invite someone', form),
      invitations.length > 0 ? section('Invitations so far', list) : list,
    ),
  };
}
