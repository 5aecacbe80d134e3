import { request } from '../graphql.ts';
import type { Page } from '../pages/page.ts';
import { h } from '../ui/dom.ts';
import { all } from './all.ts';
import { checkbox, field, section } from './fields.ts';
import { showLink } from './link.ts';
import { APPROVE_PEER, INVITE_PEER, PEERS_OF_HOUSE, type PeerMember, REVOKE_PEER } from './operations.ts';
import { attempting } from './rows.ts';

const STATES: Readonly<Record<PeerMember['membership'], string>> = {
  PENDING: 'Waits to be let in',
  APPROVED: 'Shares films here',
  REVOKED: 'Not let in',
};

/** The peers that share films here, those that wait to, and an invitation for others. */
export async function peersPage(): Promise<Page> {
  const peers = await all(PEERS_OF_HOUSE);
  const trouble = h('p', { role: 'alert', class: 'trouble' });
  const attempt = attempting(trouble);
  const row = ({ peerId, name, membership }: PeerMember): HTMLElement => {
    const button = (label: string, operation: typeof APPROVE_PEER | typeof REVOKE_PEER) =>
      h(
        'button',
        {
          class: 'button',
          type: 'button',
          onclick: attempt(async () => {
            const { outcome } = await request(operation, { peerId });
            element.replaceWith(row(outcome.member));
          }),
        },
        label,
      );
    const element = h(
      'li',
      {},
      h(
        'div',
        {},
        h('p', { class: 'name' }, name ?? peerId),
        h('p', { class: 'facts' }, [STATES[membership], name && peerId].filter(Boolean).join(' · ')),
      ),
      h(
        'div',
        { class: 'actions' },
        membership !== 'APPROVED' && button('Let in', APPROVE_PEER),
        membership !== 'REVOKED' && button(membership === 'PENDING' ? 'Refuse' : 'Shut out', REVOKE_PEER),
      ),
    );
    return element;
  };
  const rows = (wanted: (peer: PeerMember) => boolean) =>
    h('ul', { class: 'rows' }, peers.filter(wanted).map(row));
  const made = h('div', { class: 'made', 'aria-live': 'polite' });
  const name = h('input', {
    required: true,
    maxlength: 100,
    autocomplete: 'off',
    placeholder: 'Ben’s laptop',
  });
  const approval = checkbox('Ask me before it shares anything', false);
  const form = h(
    'form',
    { class: 'form' },
    field('What to call the machine', name),
    approval.element,
    h('div', { class: 'actions' }, h('button', { class: 'button primary' }, 'Make a link')),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(async () => {
      const { outcome } = await request(INVITE_PEER, {
        input: { name: name.value.trim(), requiresApproval: approval.input.checked },
      });
      name.value = '';
      await showLink(made, outcome.link);
    })();
  });
  const waiting = peers.filter(({ membership }) => membership === 'PENDING');
  return {
    title: 'Peers · Giggityflix',
    element: h(
      'section',
      { class: 'narrow' },
      h('a', { class: 'quiet', href: '#/account' }, '← Account'),
      h('h1', {}, 'Peers'),
      trouble,
      made,
      waiting.length > 0 &&
        section(
          'Waiting',
          rows(({ membership }) => membership === 'PENDING'),
        ),
      section(
        'All others',
        peers.length > waiting.length
          ? rows(({ membership }) => membership !== 'PENDING')
          : h('p', { class: 'facts' }, 'No peer has been invited or let in yet.'),
      ),
      section(
        'Invite a machine',
        h(
          'p',
          { class: 'facts' },
          'Whoever has the link shares films of theirs here: they run giggityflix-peer join with it within a day.',
        ),
        form,
      ),
    ),
  };
}
