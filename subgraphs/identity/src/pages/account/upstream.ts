import type { FastifyInstance } from 'fastify';
import type { UpstreamLink } from '../../credentials/upstream-links.ts';
import type { UpstreamProvider } from '../../upstream/providers.ts';
import { type Html, html } from '../html.ts';
import { upstreamButtons, upstreamStart } from '../upstream-start.ts';
import { day } from './overview.ts';
import type { AccountForms, AccountPagesDeps } from './parts.ts';

/** Accounts of other providers, by which one signs in. */
export function createUpstreamForms(
  scope: FastifyInstance,
  { post, show }: AccountForms,
  { visits, flow, upstreamLinks, forms, audit, headers }: AccountPagesDeps,
): void {
  scope.post(
    '/account/upstream',
    visits.visit(async ({ request, reply, account }) =>
      upstreamStart(request, reply, {
        flow,
        forms,
        headers,
        purpose: { kind: 'link', linkTo: account.id },
        back: '/account',
      }),
    ),
  );

  post('/account/upstream/remove', async (visit) => {
    const { account, address } = visit;
    const { issuer = '', subject = '' } = visit.fields;
    const link = await upstreamLinks.find(issuer, subject);
    if (link?.accountId !== account.id)
      return show(visit, { status: 404, text: 'This account is not linked any more.' });
    if (!(await upstreamLinks.remove(account.id, link)))
      return show(visit, {
        status: 409,
        text: 'This is the last thing you sign in with. Set a password, or add a passkey, before you unlink it.',
      });
    const details = { provider: issuer, name: link.name };
    await audit.record({
      at: new Date(),
      action: 'upstream_unlinked',
      accountId: account.id,
      address,
      details,
    });
    return visit.done('upstream-removed');
  });
}

export function upstreamSection(
  links: readonly UpstreamLink[],
  { providers, token }: { providers: readonly UpstreamProvider[]; token: Html },
): Html | null {
  if (providers.length === 0 && links.length === 0) return null;
  const rows = links.map(({ issuer, subject, name, lastUsedAt }) => {
    const label = providers.find((provider) => provider.issuer === issuer)?.label ?? issuer;
    return html`<li>
<p>${label}: ${name} <span class="hint">last used ${day(lastUsedAt)}</span></p>
<form method="post" action="/account/upstream/remove">
${token}<input type="hidden" name="issuer" value="${issuer}"><input type="hidden" name="subject" value="${subject}">
<button class="second">Unlink ${name}</button>
</form>
</li>`;
  });
  return html`<section aria-labelledby="upstream-title">
<h2 id="upstream-title">Other accounts</h2>
${rows.length > 0 ? html`<ul>${rows}</ul>` : html`<p>None is linked with this one.</p>`}
${upstreamButtons(providers, { action: '/account/upstream', token, verb: 'Link one of' })}
</section>`;
}
