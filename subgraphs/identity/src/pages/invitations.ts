import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import type { Accounts } from '../accounts/accounts.ts';
import { checkLogin, checkName } from '../accounts/login.ts';
import type { AuditLog } from '../audit/audit.ts';
import { MIN_PASSWORD_LENGTH, type Passwords, passwordProblem } from '../credentials/passwords.ts';
import {
  type Invitation,
  type InvitationState,
  type Invitations,
  stateOf,
} from '../invitations/invitations.ts';
import type { FirstCredential, SignUpOutcome, SignUps } from '../invitations/sign-ups.ts';
import type { Passkeys } from '../sign-in/passkeys.ts';
import type { UpstreamFlow } from '../upstream/flow.ts';
import { type Forms, formOf } from './forms.ts';
import { type Html, html, type Problem, page, problemNote } from './html.ts';
import { passkeyAnswer } from './passkey-answer.ts';
import { FOREIGN_FORM } from './problems.ts';
import { upstreamButtons } from './upstream-start.ts';

interface Route {
  Params: { secret: string };
}

/** Signing up with an invitation; the set-up of the first account is one, too. */
export function createInvitationPages(
  scope: FastifyInstance,
  deps: {
    accounts: Accounts;
    invitations: Invitations;
    signUps: SignUps;
    passwords: Passwords;
    passkeys: Passkeys;
    audit: AuditLog;
    forms: Forms;
    headers: Readonly<Record<string, string>>;
    flow: UpstreamFlow;
    /** Where one watches. */
    home: string | null;
    addressOf(request: FastifyRequest): string;
  },
): void {
  const { accounts, invitations, signUps, passwords, passkeys, forms, headers } = deps;

  const send = (reply: FastifyReply, status: number, title: string, body: Html, script = false) =>
    reply.code(status).headers(headers).send(page({ title, body, script }));
  const refuse = (reply: FastifyReply, why: keyof typeof REFUSALS) =>
    send(reply, why === 'unknown' ? 404 : 410, 'This invitation is not valid', html`<p>${REFUSALS[why]}</p>`);
  /** The invitation of a link that may be used now. */
  const openOne = async (
    secret: string,
  ): Promise<Invitation | Exclude<InvitationState, 'open'> | 'unknown' | 'set_up'> => {
    const invitation = await invitations.find(secret);
    if (!invitation) return 'unknown';
    const state = stateOf(invitation, new Date());
    if (state !== 'open') return state;
    return invitation.invitedBy === null && !(await accounts.isEmpty()) ? 'set_up' : invitation;
  };

  const show = (
    request: FastifyRequest<Route>,
    reply: FastifyReply,
    { invitation, problem }: { invitation: Invitation; problem: Problem | null },
  ) => {
    const base = `/invitation/${request.params.secret}`;
    const token = forms.field(request, reply);
    const { name = '', login = '' } = formOf(request);
    const isSetUp = invitation.invitedBy === null;
    return send(
      reply,
      problem?.status ?? 200,
      isSetUp ? 'Set up Giggityflix' : 'You are invited',
      html`${problemNote(problem)}
<p>${
        isSetUp
          ? 'You become the owner: you invite others, and you decide what happens here.'
          : 'Choose how you are called, and how you sign in.'
      }</p>
<form method="post" action="${base}/password" id="by-password">
${token}
<label for="name">Your name</label>
<p class="hint" id="name-hint">What others here see.</p>
<input type="text" id="name" name="name" value="${name.slice(0, 100)}" aria-describedby="name-hint" autocomplete="name" required>
<label for="login">Name or e-mail to sign in with</label>
<input type="text" id="login" name="login" value="${login.slice(0, 254)}" autocomplete="username" autocapitalize="none" spellcheck="false" required>
<label for="password">Password</label>
<p class="hint" id="password-hint">At least ${MIN_PASSWORD_LENGTH} characters. You need none if you use a passkey.</p>
<input type="password" id="password" name="password" aria-describedby="password-hint" autocomplete="new-password">
<button>Sign up with this password</button>
</form>
<div data-needs-passkeys hidden>
<p class="or">or, safer and quicker,</p>
<p class="problem" role="alert" data-note hidden></p>
<form method="post" action="${base}/passkey" data-passkey="register" data-options="${base}/passkey/options">
${token}<input type="hidden" name="name" data-from="name"><input type="hidden" name="login" data-from="login"><input type="hidden" name="answer">
<button class="second">Sign up with a passkey</button>
</form>
</div>
${!isSetUp && upstreamButtons(deps.flow.providers, { action: `${base}/upstream`, token, verb: 'Sign up with' })}`,
      true,
    );
  };

  const signUp = async (
    request: FastifyRequest<Route>,
    reply: FastifyReply,
    one: {
      invitation: Invitation;
      accountId: string;
      login: string;
      name: string;
      credential: FirstCredential;
    },
  ) => {
    const { invitation, ...account } = one;
    const at = new Date();
    const result: SignUpOutcome = await signUps.signUp({ secret: request.params.secret, ...account }, at);
    switch (result.outcome) {
      case 'signed_up':
        await deps.audit.record({
          at,
          action: 'signed_up',
          accountId: result.account.id,
          address: deps.addressOf(request),
          details: { role: result.account.role, by: one.credential.kind, invitedBy: invitation.invitedBy },
        });
        return send(
          reply,
          201,
          `Welcome, ${result.account.name}`,
          html`<p>Your account is there. From now on you sign in with ${
            one.credential.kind === 'passkey' ? 'your passkey' : 'your password'
          }.</p>
${deps.home !== null && html`<a class="button" href="${deps.home}">Go to Giggityflix</a>`}`,
        );
      case 'login_taken':
        return show(request, reply, {
          invitation,
          problem: { status: 409, text: 'Someone signs in with this name already. Choose another one.' },
        });
      case 'login_alike':
        return show(request, reply, {
          invitation,
          problem: {
            status: 409,
            text: 'Someone signs in with a name that looks like this one. Choose another one.',
          },
        });
      case 'upstream_taken':
      case 'passkey_taken':
        return show(request, reply, {
          invitation,
          problem: { status: 409, text: 'This passkey belongs to an account already.' },
        });
      default:
        return refuse(reply, result.outcome);
    }
  };

  /** The fields of the form, or the first thing that is wrong with them. */
  const namesOf = (request: FastifyRequest) => {
    const fields = formOf(request);
    const name = checkName(fields.name ?? '');
    if (!name.ok) return name;
    const login = checkLogin(fields.login ?? '');
    return login.ok ? ({ ok: true, name: name.name, login: login.login } as const) : login;
  };

  scope.get<Route>('/invitation/:secret', async (request, reply) => {
    const found = await openOne(request.params.secret);
    return typeof found === 'string'
      ? refuse(reply, found)
      : show(request, reply, { invitation: found, problem: null });
  });

  scope.post<Route>('/invitation/:secret/password', async (request, reply) => {
    const invitation = await openOne(request.params.secret);
    if (typeof invitation === 'string') return refuse(reply, invitation);
    if (!forms.isOurs(request)) return show(request, reply, { invitation, problem: FOREIGN_FORM });
    const again = (text: string) => show(request, reply, { invitation, problem: { status: 400, text } });
    const names = namesOf(request);
    if (!names.ok) return again(names.problem);
    const { password = '' } = formOf(request);
    const weakness = passwordProblem(password, names.login);
    if (weakness) return again(weakness);
    // Before the work of hashing.
    if (await accounts.findByLogin(names.login))
      return show(request, reply, {
        invitation,
        problem: { status: 409, text: 'Someone signs in with this name already. Choose another one.' },
      });
    const credential: FirstCredential = { kind: 'password', hash: await passwords.hash(password) };
    const { name, login } = names;
    return signUp(request, reply, { invitation, accountId: uuidv7(), name, login, credential });
  });

  scope.post<Route>('/invitation/:secret/passkey/options', async (request, reply) => {
    const problem = (text: string) => reply.code(400).send({ problem: text });
    const invitation = await openOne(request.params.secret);
    if (typeof invitation === 'string') return problem(REFUSALS[invitation]);
    if (!forms.isOurs(request)) return problem(FOREIGN_FORM.text);
    const names = namesOf(request);
    if (!names.ok) return problem(names.problem);
    if (await accounts.findByLogin(names.login))
      return problem('Someone signs in with this name already. Choose another one.');
    const { name, login } = names;
    return passkeys.registrationOptions(purposeOf(invitation), { accountId: uuidv7(), name, login });
  });

  scope.post<Route>('/invitation/:secret/passkey', async (request, reply) => {
    const invitation = await openOne(request.params.secret);
    if (typeof invitation === 'string') return refuse(reply, invitation);
    if (!forms.isOurs(request)) return show(request, reply, { invitation, problem: FOREIGN_FORM });
    const registered = await passkeys.registered(purposeOf(invitation), passkeyAnswer(request));
    if (!registered)
      return show(request, reply, {
        invitation,
        problem: { status: 400, text: 'The passkey was not made. Try again, or choose a password.' },
      });
    const { registrant, passkey } = registered;
    return signUp(request, reply, { invitation, ...registrant, credential: { kind: 'passkey', passkey } });
  });
}

const REFUSALS = {
  unknown: 'There is no such invitation. Check that the link is whole.',
  used: 'Someone signed up with this invitation before. Each one works once: ask for another.',
  expired: 'This invitation has expired. Ask for a new one.',
  revoked: 'This invitation was taken back. Ask who sent it to you.',
  set_up: 'This installation was set up before. Ask its owner to invite you.',
} as const;

function purposeOf({ id }: Invitation): string {
  return `sign-up ${id}`;
}
