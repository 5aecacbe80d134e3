import type { FastifyInstance } from 'fastify';
import { checkName } from '../../accounts/login.ts';
import { passkeyAnswer } from '../passkey-answer.ts';
import { FOREIGN_FORM } from '../problems.ts';
import type { AccountForms, AccountPagesDeps } from './parts.ts';

const MAX_PASSKEYS = 20;

/** Passkeys of one's own account: add, name, remove. */
export function createPasskeyForms(
  scope: FastifyInstance,
  { post, show }: AccountForms,
  { visits, forms, credentials, passkeys, audit }: AccountPagesDeps,
): void {
  const purposeOf = (accountId: string) => `account ${accountId}`;

  scope.post(
    '/account/passkeys/options',
    visits.visit(async ({ request, reply, account, fields }) => {
      const problem = (text: string) => reply.code(400).send({ problem: text });
      if (!forms.isOurs(request)) return problem(FOREIGN_FORM.text);
      const name = checkName(fields.name ?? '');
      if (!name.ok) return problem(name.problem);
      const present = await credentials.passkeysOf(account.id);
      if (present.length >= MAX_PASSKEYS) return problem(`An account has at most ${MAX_PASSKEYS} passkeys.`);
      const { id: accountId, login } = account;
      const options = await passkeys.registrationOptions(
        purposeOf(accountId),
        { accountId, login, name: account.name },
        present,
      );
      return reply.send(options);
    }),
  );

  post('/account/passkeys', async (visit) => {
    const { account, address, fields } = visit;
    const name = checkName(fields.name ?? '');
    if (!name.ok) return show(visit, { status: 400, text: name.problem });
    const registered = await passkeys.registered(purposeOf(account.id), passkeyAnswer(visit.request));
    if (!registered) return show(visit, { status: 400, text: 'The passkey was not made. Try again.' });
    const createdAt = new Date();
    const added = { ...registered.passkey, accountId: account.id, name: name.name, createdAt };
    if (!(await credentials.addPasskey(added)))
      return show(visit, { status: 409, text: 'This passkey belongs to an account already.' });
    const details = { passkey: name.name };
    await audit.record({ at: createdAt, action: 'passkey_added', accountId: account.id, address, details });
    return visit.done('passkey');
  });

  post('/account/passkeys/name', async (visit) => {
    const name = checkName(visit.fields.name ?? '');
    if (!name.ok) return show(visit, { status: 400, text: name.problem });
    const isThere = await credentials.renamePasskey(visit.account.id, visit.fields.id ?? '', name.name);
    return isThere ? visit.done('passkey-name') : show(visit, GONE);
  });

  post('/account/passkeys/remove', async (visit) => {
    const { account, address } = visit;
    const id = visit.fields.id ?? '';
    const passkey = await credentials.findPasskey(id);
    if (passkey?.accountId !== account.id) return show(visit, GONE);
    if (!(await credentials.removePasskey(account.id, id)))
      return show(visit, {
        status: 409,
        text: 'This is the last thing you sign in with. Set a password, or add another passkey, before you remove it.',
      });
    const details = { passkey: passkey.name };
    await audit.record({
      at: new Date(),
      action: 'passkey_removed',
      accountId: account.id,
      address,
      details,
    });
    return visit.done('passkey-removed');
  });
}

const GONE = { status: 404, text: 'This passkey is not there any more.' };
