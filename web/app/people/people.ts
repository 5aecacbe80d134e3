import type { Page } from '../pages/page.ts';
import type { Session } from '../sign-in/session.ts';
import { h, message } from '../ui/dom.ts';
import { accountPage } from './account.ts';
import { accountsPage } from './accounts.ts';
import { invitationsPage } from './invitations.ts';
import { librariesPage } from './libraries.ts';
import { managePage } from './manage.ts';
import { peersPage } from './peers.ts';
import { pickerPage } from './picker.ts';
import { drawPicture } from './pictures.ts';
import { profilePage } from './profile-form.ts';
import { type Who, who } from './who.ts';

/** What those who manage the installation find below their account. */
const OPERATORS: Readonly<Record<string, (who: Who) => Promise<Page>>> = {
  invitations: invitationsPage,
  people: accountsPage,
  libraries: librariesPage,
  peers: peersPage,
};

/** The pages about people; loaded where the installation has profiles and someone is signed in. */
export function createPeople(session: Session) {
  const picker = (known: Who, route: string) => pickerPage(session, known, route);

  return {
    /** The page of a route; null for one that is not about people, or where another one has to come first. */
    async pageOf(route: string): Promise<Page | null> {
      const known = await who();
      if (!known) return null;
      const [, area, argument = ''] = /^#?\/(profiles|account)(?:\/(.+))?$/.exec(route) ?? [];
      if (area === 'profiles' && argument === '') return picker(known, '#/');
      if (!known.profile) return picker(known, route === '' ? '#/' : route);
      if (!area) return null;
      if (!known.mayManage) return notAllowed();
      if (area === 'account') {
        const open = known.mayOperate ? OPERATORS[argument] : undefined;
        return open ? open(known) : accountPage(session, known);
      }
      if (argument === 'manage') return managePage(known);
      if (argument === 'new') return profilePage(session, null);
      const profile = known.me.profiles.find(({ id }) => id === argument);
      return profile ? profilePage(session, profile) : managePage(known);
    },

    /** What stands at the top of every page: who watches, and the way to change that. */
    async headerLinks(): Promise<HTMLElement[]> {
      const known = await who();
      if (!known) return [];
      const { profile, me } = known;
      return [
        h(
          'a',
          { class: 'who', href: '#/profiles', title: 'Who is watching' },
          drawPicture(profile ?? { name: me.name, picture: null }),
          h('span', {}, profile?.name ?? me.name),
        ),
      ];
    },

    async isForKids(): Promise<boolean> {
      return (await who())?.profile?.isKid ?? false;
    },
  };
}

function notAllowed(): Page {
  return {
    title: 'Giggityflix',
    element: message(
      'This is for grown-ups',
      'Choose another profile first.',
      h('a', { class: 'button', href: '#/profiles' }, 'Choose a profile'),
    ),
  };
}
