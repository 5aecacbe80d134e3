import type { FastifyInstance } from 'fastify';
import { checkName } from '../../accounts/login.ts';
import { passwordProblem } from '../../credentials/passwords.ts';
import { html, type Problem, page } from '../html.ts';
import { FOREIGN_FORM, presentProblem } from '../problems.ts';
import { createActivityPage } from './activity.ts';
import { createAuthenticatorPages } from './authenticator.ts';
import { createLeavingPages } from './leaving.ts';
import { overviewBody } from './overview.ts';
import type { AccountForms, AccountPagesDeps } from './parts.ts';
import { createPasskeyForms } from './passkeys.ts';
import { createPinForms, pinSection } from './pins.ts';
import { createUpstreamForms, upstreamSection } from './upstream.ts';
import type { Visit } from './visits.ts';

/** What people do with their own account. */
export function createAccountPages(scope: FastifyInstance, deps: AccountPagesDeps): void {
  const { visits, forms, credentials, passwords, secondFactor, signIn, devices, access, audit } = deps;

  const show = async (visit: Visit, problem: Problem | null) => {
    const { account, reply } = visit;
    const [hash, passkeys, hasAuthenticator, recoveryCodesLeft, list, links, profiles] = await Promise.all([
      credentials.passwordHash(account.id),
      credentials.passkeysOf(account.id),
      secondFactor.isAsked(account.id),
      secondFactor.recoveryCodesLeft(account.id),
      devices.listOf(account.id),
      deps.upstreamLinks.listOf(account.id),
      deps.profiles.listOf(account, new Date()),
    ]);
    if (problem?.retrySeconds !== undefined) reply.header('retry-after', String(problem.retrySeconds));
    return visit.send({
      status: problem?.status ?? 200,
      title: 'Your account',
      script: true,
      body: overviewBody(
        {
          account,
          hasPassword: hash !== null,
          passkeys,
          hasAuthenticator,
          recoveryCodesLeft,
          devices: list,
          ownDevices: visit.ownDevices,
        },
        {
          token: visit.token,
          done: doneOf(visit),
          problem,
          more: html`${upstreamSection(links, { providers: deps.flow.providers, token: visit.token })}
${pinSection(profiles, { hasPassword: hash !== null, token: visit.token })}`,
        },
      ),
    });
  };
  const post: AccountForms['post'] = (path, answer) =>
    scope.post(
      path,
      visits.visit(
        async (visit) => (forms.isOurs(visit.request) ? answer(visit) : show(visit, FOREIGN_FORM)) as never,
      ),
    );
  const accountForms: AccountForms = { post, show };

  scope.get(
    '/account',
    visits.visit((visit) => show(visit, null) as never),
  );
  scope.get('/account/signed-in', async (request, reply) => {
    if (await visits.isSignedIn(request, reply)) return reply.redirect('/account', 303);
    return reply
      .code(401)
      .headers(deps.headers)
      .send(
        page({
          title: 'You are not signed in',
          body: html`<p>Your account is shown once you have signed in.</p><a class="button" href="/account">Sign in</a>`,
        }),
      );
  });

  post('/account/name', async (visit) => {
    const name = checkName(visit.fields.name ?? '');
    if (!name.ok) return show(visit, { status: 400, text: name.problem });
    const { id } = visit.account;
    await access.changeAccount({ id, change: { name: name.name }, by: id, address: visit.address });
    return visit.done('name');
  });

  post('/account/password', async (visit) => {
    const { account, address } = visit;
    const { present = '', new: next = '' } = visit.fields;
    const weakness = passwordProblem(next, account.login);
    if (weakness) return show(visit, { status: 400, text: weakness });
    const problem = presentProblem(
      await signIn.presentPassword({ accountId: account.id, password: present, address }),
    );
    if (problem) return show(visit, problem);
    const at = new Date();
    await credentials.setPassword(account.id, await passwords.hash(next), at);
    await audit.record({ at, action: 'password_changed', accountId: account.id, address, details: {} });
    return visit.done('password');
  });

  createPasskeyForms(scope, accountForms, deps);
  createAuthenticatorPages(scope, accountForms, deps);
  createUpstreamForms(scope, accountForms, deps);
  createPinForms(accountForms, deps);
  createLeavingPages(scope, accountForms, deps);
  createActivityPage(scope, deps);
}

function doneOf({ request }: Visit): string {
  const { done } = request.query as { done?: unknown };
  return typeof done === 'string' ? done : '';
}
