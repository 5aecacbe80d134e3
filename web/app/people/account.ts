import { request } from '../graphql.ts';
import type { Page } from '../pages/page.ts';
import type { Session } from '../sign-in/session.ts';
import { h } from '../ui/dom.ts';
import { section } from './fields.ts';
import { DEVICES, type Device, REVOKE_DEVICE, SIGN_OUT_EVERYWHERE } from './operations.ts';
import { attempting, since } from './rows.ts';
import type { Who } from './who.ts';

/** The account: its devices, the ways out, and where it changes how it signs in. */
export async function accountPage(session: Session, { me, mayOperate }: Who): Promise<Page> {
  const { me: mine } = await request(DEVICES);
  const trouble = h('p', { role: 'alert', class: 'trouble' });
  const attempt = attempting(trouble);
  const list = h('ul', { class: 'rows' });
  const show = (devices: Device[]) =>
    list.replaceChildren(
      ...devices.map(({ id, name, lastSeenAt, isThis }) =>
        h(
          'li',
          {},
          h(
            'div',
            {},
            h('p', { class: 'name' }, name, isThis && ' (this device)'),
            h('p', { class: 'facts' }, `Last seen ${since(lastSeenAt)}`),
          ),
          !isThis &&
            h(
              'button',
              {
                class: 'button',
                type: 'button',
                'aria-label': `Sign out ${name}`,
                onclick: attempt(async () => {
                  if (!confirm(`Sign ${name} out? What it plays stops at once.`)) return;
                  const { revokeDevice } = await request(REVOKE_DEVICE, { id });
                  show(revokeDevice.devices);
                }),
              },
              'Sign out',
            ),
        ),
      ),
    );
  show(mine.devices);
  return {
    title: 'Account · Giggityflix',
    element: h(
      'section',
      { class: 'narrow account' },
      h('h1', {}, me.name),
      h('p', { class: 'count' }, me.login),
      h(
        'div',
        { class: 'actions' },
        h('a', { class: 'button', href: '#/profiles/manage' }, 'Profiles'),
        session.accountUrl &&
          h('a', { class: 'button', href: session.accountUrl }, 'Passkeys, password and codes'),
      ),
      trouble,
      mayOperate &&
        section(
          'Giggityflix here',
          h(
            'div',
            { class: 'actions' },
            h('a', { class: 'button', href: '#/account/invitations' }, 'Invitations'),
            h('a', { class: 'button', href: '#/account/people' }, 'People'),
            h('a', { class: 'button', href: '#/account/libraries' }, 'Libraries'),
            h('a', { class: 'button', href: '#/account/peers' }, 'Peers'),
          ),
        ),
      section('Devices', list),
      section(
        'Sign out',
        h(
          'div',
          { class: 'actions' },
          h(
            'button',
            { class: 'button', type: 'button', onclick: () => void session.signOut() },
            'Sign out here',
          ),
          h(
            'button',
            {
              class: 'button',
              type: 'button',
              onclick: attempt(async () => {
                if (!confirm('Sign out everywhere? Every phone, TV and browser has to sign in again.'))
                  return;
                await request(SIGN_OUT_EVERYWHERE);
                await session.signOut();
              }),
            },
            'Sign out everywhere',
          ),
        ),
      ),
    ),
  };
}
