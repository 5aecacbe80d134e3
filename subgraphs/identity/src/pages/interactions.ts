import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpenIdProvider } from '../provider/provider.ts';
import type { HalfwaySignIns } from '../sign-in/halfway.ts';
import type { Passkeys } from '../sign-in/passkeys.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { UpstreamFlow } from '../upstream/flow.ts';
import { codeForm, codeProblem } from './code-page.ts';
import { type Forms, formOf } from './forms.ts';
import { html, type Problem, page, problemNote } from './html.ts';
import { passkeyAnswer } from './passkey-answer.ts';
import { expiredPage, FOREIGN_FORM, locked } from './problems.ts';
import type { UpstreamHandover } from './upstream-handover.ts';
import { upstreamButtons, upstreamStart } from './upstream-start.ts';

/** Signing in: the pages to which the provider sends a browser, and which send it back. */
export function createInteractionPages(
  scope: FastifyInstance,
  deps: {
    provider: OpenIdProvider;
    signIn: SignIn;
    halfway: HalfwaySignIns;
    flow: UpstreamFlow;
    handover: UpstreamHandover;
    passkeys: Passkeys;
    forms: Forms;
    headers: Readonly<Record<string, string>>;
    addressOf(request: FastifyRequest): string;
  },
): void {
  const { provider, signIn, halfway, passkeys, forms, headers } = deps;

  const show = async (request: FastifyRequest, reply: FastifyReply, problem: Problem | null) => {
    const interaction = await provider.interaction(request.raw, reply.raw);
    if (!interaction) return expired(reply);
    if (interaction.prompt === 'consent') {
      const location = await provider.consent(request.raw, reply.raw);
      return reply.header('cache-control', 'no-store').redirect(location, 303);
    }
    const base = `/interaction/${interaction.uid}`;
    const token = forms.field(request, reply);
    const login = formOf(request).login ?? '';
    if (problem?.retrySeconds !== undefined) reply.header('retry-after', String(problem.retrySeconds));
    if (await halfway.find(interaction.uid))
      return reply
        .code(problem?.status ?? 200)
        .headers(headers)
        .send(page({ title: 'Type your code', body: codeForm({ base, token, problem }) }));
    return reply
      .code(problem?.status ?? 200)
      .headers(headers)
      .send(
        page({
          title: 'Sign in',
          script: true,
          body: html`${problemNote(problem)}
<p>to go on to ${interaction.client}</p>
<div data-needs-passkeys hidden>
<p class="problem" role="alert" data-note hidden></p>
<form method="post" action="${base}/passkey" data-passkey="sign-in" data-options="${base}/passkey/options">
${token}<input type="hidden" name="answer">
<button>Use a passkey</button>
</form>
<p class="or">or with a password</p>
</div>
<form method="post" action="${base}/password">
${token}
<label for="login">Name or e-mail</label>
<input type="text" id="login" name="login" value="${login.slice(0, 254)}" autocomplete="username" autocapitalize="none" spellcheck="false" required>
<label for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>
${upstreamButtons(deps.flow.providers, { action: `${base}/upstream`, token, verb: 'Sign in with' })}
<form method="post" action="${base}/cancel">${token}<button class="second">Cancel</button></form>`,
        }),
      );
  };
  const expired = (reply: FastifyReply) => reply.code(400).headers(headers).send(expiredPage());
  const goOn = async (
    request: FastifyRequest,
    reply: FastifyReply,
    signedIn: { accountId: string; by: readonly string[] } | null,
  ) => {
    const location = await provider.finish(request.raw, reply.raw, signedIn);
    return reply.header('cache-control', 'no-store').redirect(location, 303);
  };
  const uidOf = async (request: FastifyRequest, reply: FastifyReply) =>
    (await provider.interaction(request.raw, reply.raw))?.uid ?? null;
  const isStale = async (request: FastifyRequest, reply: FastifyReply) =>
    (await uidOf(request, reply)) === null;

  scope.get('/interaction/:uid', (request, reply) => show(request, reply, null));

  scope.post('/interaction/:uid/password', async (request, reply) => {
    const uid = await uidOf(request, reply);
    if (uid === null) return expired(reply);
    if (!forms.isOurs(request)) return show(request, reply, FOREIGN_FORM);
    const { login = '', password = '' } = formOf(request);
    if (login.trim() === '' || password === '')
      return show(request, reply, { status: 400, text: 'Type your name and your password.' });
    const result = await signIn.byPassword({ login, password, address: deps.addressOf(request) });
    if (result.outcome === 'signed_in')
      return goOn(request, reply, { accountId: result.account.id, by: ['pwd'] });
    if (result.outcome === 'needs_code') {
      await halfway.put(uid, result.account.id);
      return reply.header('cache-control', 'no-store').redirect(`/interaction/${uid}`, 303);
    }
    if (result.outcome === 'locked')
      return show(request, reply, locked('Too many attempts failed.', result.retryMs));
    return show(request, reply, { status: 401, text: 'The name or the password is wrong.' });
  });

  scope.post('/interaction/:uid/code', async (request, reply) => {
    const uid = await uidOf(request, reply);
    if (uid === null) return expired(reply);
    if (!forms.isOurs(request)) return show(request, reply, FOREIGN_FORM);
    const accountId = await halfway.find(uid);
    if (accountId === null)
      return show(request, reply, { status: 400, text: 'That took too long. Sign in again.' });
    const { code = '' } = formOf(request);
    const result = await signIn.byCode({ accountId, code, address: deps.addressOf(request) });
    if (result.outcome !== 'signed_in') return show(request, reply, codeProblem(result, new Date()));
    await halfway.remove(uid);
    return goOn(request, reply, {
      accountId,
      by: result.by === 'otp' ? ['pwd', 'otp', 'mfa'] : ['pwd', 'mfa'],
    });
  });

  scope.post('/interaction/:uid/restart', async (request, reply) => {
    const uid = await uidOf(request, reply);
    if (uid === null) return expired(reply);
    if (!forms.isOurs(request)) return show(request, reply, FOREIGN_FORM);
    await halfway.remove(uid);
    return reply.header('cache-control', 'no-store').redirect(`/interaction/${uid}`, 303);
  });

  scope.post<{ Params: { uid: string } }>('/interaction/:uid/passkey/options', async (request, reply) => {
    const isReady = forms.isOurs(request) && !(await isStale(request, reply));
    if (!isReady) return reply.code(400).send({ problem: 'This page is old. Start again.' });
    return passkeys.signInOptions(`sign-in ${request.params.uid}`);
  });

  scope.post<{ Params: { uid: string } }>('/interaction/:uid/passkey', async (request, reply) => {
    if (await isStale(request, reply)) return expired(reply);
    if (!forms.isOurs(request)) return show(request, reply, FOREIGN_FORM);
    const account = await passkeys.signedIn({
      purpose: `sign-in ${request.params.uid}`,
      answer: passkeyAnswer(request),
      address: deps.addressOf(request),
    });
    if (!account)
      return show(request, reply, {
        status: 401,
        text: 'No account here has this passkey. Try another way.',
      });
    return goOn(request, reply, { accountId: account.id, by: ['hwk'] });
  });

  scope.post('/interaction/:uid/upstream', async (request, reply) => {
    const uid = await uidOf(request, reply);
    if (uid === null) return expired(reply);
    const purpose = { kind: 'sign_in', interaction: uid } as const;
    return upstreamStart(request, reply, { ...deps, purpose, back: `/interaction/${uid}` });
  });

  scope.get('/interaction/:uid/upstream', async (request, reply) => {
    const uid = await uidOf(request, reply);
    const accountId = uid === null ? null : await deps.handover.take(uid);
    return accountId === null ? expired(reply) : goOn(request, reply, { accountId, by: [] });
  });

  scope.post('/interaction/:uid/cancel', async (request, reply) => {
    if (await isStale(request, reply)) return expired(reply);
    if (!forms.isOurs(request)) return show(request, reply, FOREIGN_FORM);
    return goOn(request, reply, null);
  });
}
