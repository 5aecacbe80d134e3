import { tooMany } from '@giggityflix/http';
import type { RateLimiter } from '@giggityflix/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Secrets } from '../factors/secrets.ts';
import type { OpenIdProvider } from '../provider/provider.ts';
import type { UpstreamFlow } from '../upstream/flow.ts';
import type { UpstreamPeople, UpstreamSignIn } from '../upstream/people.ts';
import type { Forms } from './forms.ts';
import { type Html, html, page } from './html.ts';
import type { UpstreamHandover } from './upstream-handover.ts';
import { upstreamStart } from './upstream-start.ts';

export interface UpstreamPagesDeps {
  flow: UpstreamFlow;
  people: UpstreamPeople;
  secrets: Secrets;
  handover: UpstreamHandover;
  provider: OpenIdProvider;
  forms: Forms;
  addresses: RateLimiter;
  headers: Readonly<Record<string, string>>;
  /** Where one watches. */
  home: string | null;
  addressOf(request: FastifyRequest): string;
}

/** Coming back from other OpenID providers. */
export function createUpstreamPages(scope: FastifyInstance, deps: UpstreamPagesDeps): void {
  const { flow, people, secrets, handover, provider, forms, headers } = deps;
  const send = (reply: FastifyReply, status: number, title: string, body: Html) =>
    reply.code(status).headers(headers).send(page({ title, body }));
  const to = (reply: FastifyReply, path: string) =>
    reply.header('cache-control', 'no-store').redirect(path, 303);

  scope.get<{ Params: { provider: string } }>('/upstream/:provider/callback', async (request, reply) => {
    const address = deps.addressOf(request);
    const waitS = deps.addresses.take(address);
    if (waitS !== null) throw tooMany('requests of one address', waitS);
    const { search } = new URL(request.raw.url ?? '', 'http://localhost');
    const ending = await flow.end({
      providerId: request.params.provider,
      search,
      browser: forms.browser(request),
    });
    if (!ending)
      return send(
        reply,
        400,
        'This page is old',
        html`<p>This answer was used before, or belongs to another browser. Go back to where you came from, and start again.</p>`,
      );
    const { provider: upstream, purpose } = ending;
    const { label } = upstream;
    const back =
      purpose.kind === 'sign_in' &&
      html`<p><a class="button" href="/interaction/${purpose.interaction}">Choose another way</a></p>`;
    if (ending.outcome === 'unavailable')
      return send(
        reply.header('retry-after', '30'),
        503,
        `${label} does not answer`,
        html`<p>Nothing was changed. Try again in a while.</p>${back}`,
      );
    if (ending.outcome === 'refused')
      return send(
        reply,
        400,
        `You were not signed in by ${label}`,
        html`<p>You cancelled it, or its answer was not right. Nothing was changed.</p>${back}`,
      );
    const one = { provider: upstream, person: ending.person, address };
    if (purpose.kind === 'sign_in') {
      const result = await people.signIn(one);
      if (result.outcome !== 'signed_in')
        return send(reply, 403, 'You cannot sign in', html`<p>${REFUSALS[result.outcome]}</p>${back}`);
      await handover.put(purpose.interaction, result.account.id);
      return to(reply, `/interaction/${purpose.interaction}/upstream`);
    }
    if (purpose.kind === 'link') {
      const session = await provider.session(request.raw, reply.raw);
      if (session?.accountId !== purpose.linkTo) return to(reply, '/account');
      const isLinked = await people.link({ ...one, accountId: purpose.linkTo });
      return isLinked
        ? to(reply, '/account?done=upstream#note')
        : send(
            reply,
            409,
            'This did not work',
            html`<p>That account of ${label} is linked with an account here already.</p><p><a href="/account">Back to your account</a></p>`,
          );
    }
    const secret = String(await secrets.open(purpose.invitation, 'invitation'));
    const result = await people.signUp({ ...one, secret });
    if (result.outcome === 'signed_up')
      return send(
        reply,
        201,
        `Welcome, ${result.account.name}`,
        html`<p>Your account is there. From now on you sign in with ${label}.</p>
${deps.home !== null && html`<a class="button" href="${deps.home}">Go to Giggityflix</a>`}`,
      );
    if (result.outcome === 'upstream_taken')
      return send(
        reply,
        409,
        'You have an account',
        html`<p>That account of ${label} is linked with an account here already: sign in with it.</p>`,
      );
    if (result.outcome === 'no_group')
      return send(reply, 403, 'You cannot sign up', html`<p>${REFUSALS.no_group}</p>`);
    // The page of the invitation says what it is with it.
    return to(reply, `/invitation/${secret}`);
  });

  scope.post<{ Params: { secret: string } }>('/invitation/:secret/upstream', async (request, reply) => {
    const { secret } = request.params;
    const invitation = await secrets.seal(Buffer.from(secret), 'invitation');
    return upstreamStart(request, reply, {
      ...deps,
      purpose: { kind: 'sign_up', invitation },
      back: `/invitation/${secret}`,
    });
  });
}

const REFUSALS: Readonly<Record<Exclude<UpstreamSignIn['outcome'], 'signed_in'>, string>> = {
  not_invited:
    'Nobody here is linked with that account. Sign in another way and link it on the page of your account, or ask for an invitation.',
  not_set_up: 'This installation is not set up yet: its owner comes first, by the link in the log.',
  no_group: 'You are in none of the groups that may be here. Ask who runs this installation.',
  closed: 'Your account here is closed. Ask who runs this installation.',
};
