import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ProviderPages } from '../provider/configuration.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { type Html, html, page, pageHeaders, problemNote } from './html.ts';

/** Codes that a link filled in, by the request. */
export const PREFILLED = Symbol('the user code of a link');

/** The pages of the provider's library: a device's code, sign-out, failures. */
export function createProviderPages(deps: {
  redirectTargets: readonly string[];
  signIn: Pick<SignIn, 'codeFound'>;
  addressOf(request: KoaContextWithOIDC['req']): string;
}): ProviderPages {
  const headers = pageHeaders(deps.redirectTargets);
  const send = (ctx: KoaContextWithOIDC, title: string, body: Html) => {
    ctx.set(headers);
    ctx.body = page({ title, body });
  };
  return {
    async userCode(ctx, { token, problem }) {
      if (problem !== null) ctx.status = 400;
      const prefilled = (ctx.req as { [PREFILLED]?: string })[PREFILLED] ?? '';
      send(
        ctx,
        'Sign in a device',
        html`${problemNote(problem)}
<p>Type the code that your TV or other device shows.</p>
<form method="post" action="/device">
<input type="hidden" name="xsrf" value="${token}">
<label for="user_code">Code</label>
<input class="code" type="text" id="user_code" name="user_code" value="${prefilled}" maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false" required autofocus>
<button>Continue</button>
</form>`,
      );
    },
    async confirmDevice(ctx, { token, userCode, client }) {
      await deps.signIn.codeFound(deps.addressOf(ctx.req));
      send(
        ctx,
        'Is this your device?',
        html`<p>A device wants to sign in to ${client}. Go on only if it is before you and shows this code:</p>
<p class="code">${userCode}</p>
<form method="post" action="/device">
<input type="hidden" name="xsrf" value="${token}">
<input type="hidden" name="user_code" value="${userCode}">
<button name="confirm" value="yes">Yes, sign it in</button>
<button class="second" name="abort" value="yes">No</button>
</form>`,
      );
    },
    async deviceApproved(ctx) {
      send(
        ctx,
        'Your device is signed in',
        html`<p>Look at it: it goes on by itself in a few seconds. You can close this page.</p>`,
      );
    },
    async signOut(ctx, { token }) {
      send(
        ctx,
        'Sign out?',
        html`<form method="post" action="/sign-out/confirm">
<input type="hidden" name="xsrf" value="${token}">
<button name="logout" value="yes">Sign out here</button>
<button class="second" name="logout" value="everywhere">Sign out on all devices</button>
</form>`,
      );
    },
    async signedOut(ctx) {
      send(ctx, 'You are signed out', html`<p>You can close this page.</p>`);
    },
    async failed(ctx, { code, description }) {
      if (ctx.oidc?.route === 'device_resume' && code === 'access_denied') ctx.status = 400;
      send(
        ctx,
        'This did not work',
        html`<p>${WORDS[code] ?? 'The application sent you here in a way that is not right. Go back and try again.'}</p>
<p class="hint">For those who run the application: ${code}${description && `: ${description}`}</p>`,
      );
    },
  };
}

const WORDS: Readonly<Record<string, string>> = {
  invalid_client: 'The application that sent you here is not known.',
  invalid_redirect_uri: 'The application would send you on to an address that it may not use.',
  access_denied: 'You were not signed in.',
  server_error: 'Something failed here. Try again in a while.',
  temporarily_unavailable: 'Something failed here. Try again in a while.',
};
