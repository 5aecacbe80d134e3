import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpenIdProvider } from '../provider/provider.ts';
import type { Passkeys } from '../sign-in/passkeys.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { type Forms, formOf } from './forms.ts';
import { html, inWords, type Problem, page, problemNote } from './html.ts';
import { passkeyAnswer } from './passkey-answer.ts';
import { expiredPage, FOREIGN_FORM } from './problems.ts';

/** Signing in: the pages to which the provider sends a browser, and which send it back. */
export function createInteractionPages(
  scope: FastifyInstance,
  deps: {
    provider: OpenIdProvider;
    signIn: SignIn;
    passkeys: Passkeys;
    forms: Forms;
    headers: Readonly<Record<string, string>>;
    addressOf(request: FastifyRequest): string;
  },
): void {
  const { provider, signIn, passkeys, forms, headers } = deps;

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
<form method="post" action="${base}/cancel">${token}<button class="second">Cancel</button></form>`,
        }),
      );
  };
  const expired = (reply: FastifyReply) => reply.code(400).headers(headers).send(expiredPage());
  const goOn = async (
    request: FastifyRequest,
    reply: FastifyReply,
    signedIn: { accountId: string; by: 'pwd' | 'hwk' } | null,
  ) => {
    const location = await provider.finish(request.raw, reply.raw, signedIn);
    return reply.header('cache-control', 'no-store').redirect(location, 303);
  };
  const isStale = async (request: FastifyRequest, reply: FastifyReply) =>
    (await provider.interaction(request.raw, reply.raw)) === null;

  scope.get('/interaction/:uid', (request, reply) => show(request, reply, null));

  scope.post('/interaction/:uid/password', async (request, reply) => {
    if (await isStale(request, reply)) return expired(reply);
    if (!forms.isOurs(request)) return show(request, reply, FOREIGN_FORM);
    const { login = '', password = '' } = formOf(request);
    if (login.trim() === '' || password === '')
      return show(request, reply, { status: 400, text: 'Type your name and your password.' });
    const result = await signIn.byPassword({ login, password, address: deps.addressOf(request) });
    if (result.outcome === 'signed_in')
      return goOn(request, reply, { accountId: result.account.id, by: 'pwd' });
    if (result.outcome === 'locked')
      return show(request, reply, {
        status: 429,
        text: `Too many attempts failed. Try again ${inWords(result.retryMs)}.`,
        retrySeconds: Math.ceil(result.retryMs / 1_000),
      });
    return show(request, reply, { status: 401, text: 'The name or the password is wrong.' });
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
    return goOn(request, reply, { accountId: account.id, by: 'hwk' });
  });

  scope.post('/interaction/:uid/cancel', async (request, reply) => {
    if (await isStale(request, reply)) return expired(reply);
    if (!forms.isOurs(request)) return show(request, reply, FOREIGN_FORM);
    return goOn(request, reply, null);
  });
}
