import type { FastifyInstance } from 'fastify';
import { firstCodeProblem } from '../code-page.ts';
import { Html, html, type Problem, problemNote } from '../html.ts';
import type { AccountForms, AccountPagesDeps } from './parts.ts';
import type { Visit } from './visits.ts';

/** Adding an authenticator and removing it, and its recovery codes. */
export function createAuthenticatorPages(
  scope: FastifyInstance,
  { post, show }: AccountForms,
  { visits, secondFactor }: AccountPagesDeps,
): void {
  const showEnrolment = async (visit: Visit, problem: Problem | null) => {
    const { account, token } = visit;
    const { link, text } = await secondFactor.begin(account.id, account.login);
    const { default: qrcode } = await import('qrcode');
    const picture = await qrcode.toString(link, { type: 'svg', margin: 4, errorCorrectionLevel: 'M' });
    if (problem?.retrySeconds !== undefined) visit.reply.header('retry-after', String(problem.retrySeconds));
    return visit.send({
      status: problem?.status ?? 200,
      title: 'Add an authenticator',
      body: html`${problemNote(problem)}
<ol>
<li>Open an authenticator on your phone: most password managers are one, too.</li>
<li>Scan this picture with it, or <a href="${link}">open it on this device</a>, or type the key by hand.</li>
<li>Type the six digits that it shows.</li>
</ol>
<div class="qr" role="img" aria-label="QR code of the key">${new Html(picture)}</div>
<p>Key: <span class="key">${text}</span></p>
<form method="post" action="/account/authenticator">
${token}
<label for="code">Code</label>
<input class="code" type="text" id="code" name="code" inputmode="numeric" maxlength="20" autocomplete="one-time-code" required autofocus>
<button>Add the authenticator</button>
</form>
<p><a href="/account">Back to your account</a></p>`,
    });
  };
  const showCodes = (visit: Visit, title: string, codes: readonly string[]) =>
    visit.send({
      title,
      body: html`<p>These recovery codes get you in when your authenticator is lost. Each works once, in the place of a code. Keep them where others do not find them: <strong>they are not shown again</strong>.</p>
<ul class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<a class="button" href="/account">I have kept them</a>`,
    });

  scope.get(
    '/account/authenticator',
    visits.visit(async (visit) =>
      (await secondFactor.isAsked(visit.account.id))
        ? visit.reply.redirect('/account', 303)
        : showEnrolment(visit, null),
    ),
  );

  post('/account/authenticator', async (visit) => {
    const { account, address, fields } = visit;
    // An authenticator that is there is removed first, so that it is never replaced unseen.
    if (await secondFactor.isAsked(account.id))
      return show(visit, { status: 409, text: 'You have an authenticator already.' });
    const { code = '' } = fields;
    const outcome = await secondFactor.confirm({ accountId: account.id, code, address });
    if (outcome.outcome === 'enrolled')
      return showCodes(visit, 'Your authenticator is added', outcome.recoveryCodes);
    if (outcome.outcome === 'expired')
      return showEnrolment(visit, {
        status: 400,
        text: 'That took too long: there is a new key. Scan the picture again.',
      });
    return showEnrolment(visit, firstCodeProblem(outcome, new Date()));
  });

  post('/account/authenticator/remove', async (visit) => {
    const { account, address } = visit;
    await secondFactor.remove({ accountId: account.id, address });
    return visit.done('authenticator-removed');
  });

  post('/account/recovery-codes', async (visit) => {
    const { account, address } = visit;
    const codes = await secondFactor.renewRecoveryCodes({ accountId: account.id, address });
    if (!codes) return show(visit, { status: 409, text: 'Recovery codes come with an authenticator.' });
    return showCodes(visit, 'New recovery codes', codes);
  });
}
