import { request } from '../graphql.ts';
import type { Page } from '../pages/page.ts';
import type { Session } from '../sign-in/session.ts';
import { h, toast } from '../ui/dom.ts';
import { renameEntry } from '../ui/entries.ts';
import { rememberPlace } from '../ui/place.ts';
import { CHOOSE_PROFILE, type Profile } from './operations.ts';
import { drawPicture } from './pictures.ts';
import { askPin } from './pin.ts';
import { problemText } from './problems.ts';
import type { Who } from './who.ts';

/** Asks which profile watches on this device, and leads on to `route`. */
export function pickerPage(session: Session, { me, profile, mayManage }: Who, route: string): Page {
  const tiles = me.profiles.map((each) => {
    const tile = h(
      'button',
      { class: 'profile', type: 'button', 'aria-current': each.id === profile?.id && 'true' },
      drawPicture(each),
      h('span', { class: 'profile-name' }, each.name),
      h('span', { class: 'facts' }, [each.isKid && 'Kids', each.hasPin && 'PIN'].filter(Boolean).join(' · ')),
    );
    tile.addEventListener('click', () => {
      choose(session, each, route).catch((error: Error) => toast(`That did not work: ${error.message}`));
    });
    return tile;
  });
  return {
    title: 'Who is watching? · Giggityflix',
    element: h(
      'section',
      { class: 'profiles' },
      h('h1', {}, 'Who is watching?'),
      h('div', { class: 'tiles' }, tiles),
      h(
        'div',
        { class: 'choices' },
        mayManage && h('a', { class: 'button', href: '#/profiles/manage' }, 'Manage profiles'),
        mayManage && h('a', { class: 'button', href: '#/account' }, 'Account'),
        h('button', { class: 'button', type: 'button', onclick: () => void session.signOut() }, 'Sign out'),
      ),
    ),
  };
}

async function choose(session: Session, profile: Profile, route: string): Promise<void> {
  const isHere = rememberPlace();
  if (profile.isChosen) {
    location.hash = route;
    return;
  }
  const attempt = async (pin: string | null) =>
    (await request(CHOOSE_PROFILE, { id: profile.id, pin })).outcome;
  const outcome = profile.hasPin ? await askPin(`PIN of ${profile.name}`, attempt) : await attempt(null);
  if (!outcome) return;
  if (outcome.error) return toast(problemText(outcome.error));
  // What the page shows and has subscribed to belongs to the profile before.
  if (isHere()) renameEntry(route);
  await session.renew();
  location.reload();
}
