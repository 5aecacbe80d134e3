import type { FastifyInstance } from 'fastify';
import { loginKey } from '../../accounts/login.ts';
import { html, type Problem, problemNote } from '../html.ts';
import type { AccountForms, AccountPagesDeps } from './parts.ts';
import type { Visit } from './visits.ts';

/** Signing devices out, and closing one's account. */
export function createLeavingPages(
  scope: FastifyInstance,
  { post, show }: AccountForms,
  { visits, access }: AccountPagesDeps,
): void {
  const showClosing = async (visit: Visit, problem: Problem | null) =>
    visit.send({
      status: problem?.status ?? 200,
      title: 'Close your account?',
      body: html`${problemNote(problem)}
<p>You are signed out everywhere, what plays ends, and you cannot sign in any more. Only an owner can open the account again.</p>
<form method="post" action="/account/close">
${visit.token}
<label for="login">Type ${visit.account.login} to confirm</label>
<input type="text" id="login" name="login" autocomplete="off" autocapitalize="none" spellcheck="false" required>
<button>Close my account</button>
</form>
<p><a href="/account">Back to your account</a></p>`,
    });

  post('/account/devices/revoke', async (visit) => {
    const { account, address, fields } = visit;
    const request = { accountId: account.id, deviceId: fields.id ?? '', address };
    return (await access.revokeDevice(request))
      ? visit.done('device')
      : show(visit, { status: 404, text: 'This device is not signed in any more.' });
  });

  post('/account/sign-out-everywhere', async (visit) => {
    await access.signOutEverywhere(visit.account.id, visit.address);
    return visit.send({
      title: 'You are signed out',
      body: html`<p>Every device and every browser was signed out, this one, too.</p>
<a class="button" href="/account">Sign in again</a>`,
    });
  });

  scope.get(
    '/account/close',
    visits.visit(async (visit) => showClosing(visit, null)),
  );

  post('/account/close', async (visit) => {
    const { account, address, fields } = visit;
    if (loginKey((fields.login ?? '').slice(0, 1_000)) !== loginKey(account.login))
      return showClosing(visit, {
        status: 400,
        text: 'That is not the name you sign in with. Nothing was changed.',
      });
    const { id } = account;
    const closed = await access.changeAccount({ id, change: { state: 'closed' }, by: id, address });
    if (closed.outcome === 'last_owner')
      return showClosing(visit, {
        status: 409,
        text: 'You are the only owner. Make someone else an owner before you close your account.',
      });
    return visit.send({ title: 'Your account is closed', body: html`<p>You can close this page.</p>` });
  });
}
