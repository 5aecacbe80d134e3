import type { Page } from '../pages/page.ts';
import { h } from '../ui/dom.ts';
import { drawPicture } from './pictures.ts';
import type { Who } from './who.ts';

/** The profiles of the account, to change. */
export function managePage({ me }: Who): Page {
  return {
    title: 'Profiles · Giggityflix',
    element: h(
      'section',
      { class: 'profiles' },
      h('h1', {}, 'Manage profiles'),
      h(
        'div',
        { class: 'tiles' },
        me.profiles.map((profile) =>
          h(
            'a',
            { class: 'profile', href: `#/profiles/${profile.id}` },
            drawPicture(profile),
            h('span', { class: 'profile-name' }, profile.name),
            h('span', { class: 'facts' }, 'Change'),
          ),
        ),
        h(
          'a',
          { class: 'profile', href: '#/profiles/new' },
          h('span', { class: 'picture add', 'aria-hidden': 'true' }, '+'),
          h('span', { class: 'profile-name' }, 'New profile'),
        ),
      ),
      h('div', { class: 'choices' }, h('a', { class: 'button primary', href: '#/profiles' }, 'Done')),
    ),
  };
}
