import { h } from '../ui/dom.ts';
import type { Session } from './session.ts';

/** The button at the top: to sign in, or to sign out. Null where nobody does. */
export function accountButton(session: Session, signIn: () => void): HTMLElement | null {
  if (!session.isOffered) return null;
  const button = h('button', { class: 'button', type: 'button' });
  const label = () => {
    button.textContent = session.isSignedIn() ? 'Sign out' : 'Sign in';
  };
  button.addEventListener('click', () => {
    if (session.isSignedIn()) void session.signOut();
    else signIn();
  });
  session.onChange(label);
  label();
  return button;
}
