import type { Page } from '../pages/page.ts';
import { h, message } from '../ui/dom.ts';
import { sentence } from '../ui/format.ts';
import type { DeviceCode } from './provider.ts';
import { drawQrCode } from './qr-code.ts';
import type { Session } from './session.ts';

/** Offers to sign in here or, as on a TV, with another device; leads on to `route`. */
export function signInPage(session: Session, { route, reason }: { route: string; reason: string }): Page {
  const leaving = new AbortController();
  const trouble = h('p', { role: 'alert' });
  const guarded = (work: () => Promise<void>) => () =>
    void work().catch((error: unknown) => {
      if (!leaving.signal.aborted)
        trouble.replaceChildren(`Signing in did not work: ${sentence((error as Error).message)}`);
    });
  const here = h(
    'button',
    { class: 'button primary', onclick: guarded(() => session.begin(route)) },
    'Sign in',
  );
  const elsewhere = h('button', { class: 'button' }, 'Sign in with your phone');
  const choices = h('div', { class: 'choices' }, here, elsewhere);
  const page = message('Sign in to watch', reason, choices, trouble);

  elsewhere.addEventListener(
    'click',
    guarded(async () => {
      const code = await session.deviceCode();
      if (!code) {
        trouble.replaceChildren('This sign-in service cannot be used with another device.');
        return;
      }
      const shown = await showCode(code);
      choices.replaceWith(shown);
      const tokens = await code.tokens(leaving.signal);
      if (tokens) await session.enter(tokens);
      else {
        shown.replaceWith(choices);
        trouble.replaceChildren('The code has expired or was refused. Please try again.');
      }
    }),
  );
  return { element: page, title: 'Sign in – Giggityflix', leave: () => leaving.abort(new Error('left')) };
}

async function showCode({ userCode, url, completeUrl }: DeviceCode): Promise<HTMLElement> {
  return h(
    'div',
    { class: 'device-code' },
    await drawQrCode(completeUrl, 'Address to open on your phone'),
    h(
      'p',
      {},
      'Scan this with your phone, or open ',
      h('strong', {}, url.replace(/^https?:\/\//, '')),
      ' and enter',
    ),
    h('p', { class: 'user-code', 'aria-live': 'polite' }, userCode),
  );
}
