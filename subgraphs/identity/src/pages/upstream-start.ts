import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Purpose, UpstreamFlow } from '../upstream/flow.ts';
import type { UpstreamProvider } from '../upstream/providers.ts';
import { type Forms, formOf } from './forms.ts';
import { type Html, html, page } from './html.ts';
import { FOREIGN_FORM } from './problems.ts';

/** A button for each other provider; nothing where there is none. */
export function upstreamButtons(
  providers: readonly UpstreamProvider[],
  { action, token, verb }: { action: string; token: Html; verb: string },
): Html[] {
  return providers.map(
    ({ id, label }) => html`<form method="post" action="${action}">
${token}<input type="hidden" name="provider" value="${id}">
<button class="second">${verb} ${label}</button>
</form>`,
  );
}

/** Sends a browser to another provider. */
export async function upstreamStart(
  request: FastifyRequest,
  reply: FastifyReply,
  one: {
    flow: UpstreamFlow;
    forms: Forms;
    headers: Readonly<Record<string, string>>;
    purpose: Purpose;
    /** Where one goes on when it does not work. */
    back: string;
  },
): Promise<FastifyReply> {
  const { flow, forms, headers, purpose, back } = one;
  const send = (status: number, title: string, body: Html) =>
    reply.code(status).headers(headers).send(page({ title, body }));
  const again = html`<p><a class="button" href="${back}">Back</a></p>`;
  const browser = forms.browser(request);
  if (!forms.isOurs(request) || browser === null)
    return send(FOREIGN_FORM.status, 'This did not work', html`<p>${FOREIGN_FORM.text}</p>${again}`);
  const providerId = formOf(request).provider ?? '';
  const begun = await flow.begin({ providerId, purpose, browser });
  if (begun.outcome === 'unknown')
    return send(404, 'Not found', html`<p>There is no such provider here.</p>${again}`);
  const { label } = begun.provider;
  if (begun.outcome === 'unavailable') {
    reply.header('retry-after', '30');
    return send(
      503,
      `${label} does not answer`,
      html`<p>Try again in a while, or choose another way.</p>${again}`,
    );
  }
  // No redirect of the form: `form-action` would have to name where other providers ask for passwords, which only they know.
  reply.header('refresh', `0; url=${begun.location}`);
  return send(
    200,
    `Going on to ${label}`,
    html`<p><a class="button" href="${begun.location}">Go on to ${label}</a></p>`,
  );
}
