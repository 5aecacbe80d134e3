import type { FastifyInstance } from 'fastify';
import type { AuditAction, AuditEntry } from '../../audit/audit.ts';
import { html } from '../html.ts';
import type { AccountPagesDeps } from './parts.ts';

const PAGE_SIZE = 50;
const UUID = /^[0-9a-f-]{36}$/;

/** What the audit log has on oneself. */
export function createActivityPage(scope: FastifyInstance, { visits, audit }: AccountPagesDeps): void {
  scope.get(
    '/account/activity',
    visits.visit(async (visit) => {
      const { before: given } = visit.request.query as { before?: unknown };
      const before = typeof given === 'string' && UUID.test(given) ? given : null;
      const entries = await audit.list({ accountId: visit.account.id, first: PAGE_SIZE + 1, before });
      const shown = entries.slice(0, PAGE_SIZE);
      return visit.send({
        title: 'What happened to your account',
        body: html`<p>Times are in UTC. Something you did not do? Change your password and sign out on all devices.</p>
${
  shown.length > 0
    ? html`<ul class="log">${shown.map(
        (entry) => html`<li><p>${wordsOf(entry)}</p>
<p class="hint"><time datetime="${entry.at.toISOString()}">${entry.at.toISOString().slice(0, 19).replace('T', ' ')}</time> from ${entry.address}</p></li>`,
      )}</ul>`
    : html`<p>There is nothing older.</p>`
}
${entries.length > PAGE_SIZE && html`<p><a href="/account/activity?before=${shown.at(-1)!.id}">Older</a></p>`}
<p><a href="/account">Back to your account</a></p>`,
      });
    }),
  );
}

const WORDS: Readonly<Record<AuditAction, string>> = {
  signed_up: 'Signed up',
  signed_in: 'Signed in',
  sign_in_failed: 'A sign-in failed',
  locked_out: 'A sign-in was locked out',
  signed_out: 'Signed out',
  device_approved: 'A device was signed in',
  device_revoked: 'A device was signed out',
  signed_out_everywhere: 'Signed out on all devices',
  refresh_token_reused: 'A copy of a token came, and its device was signed out',
  account_changed: 'The account was changed',
  invitation_created: 'An invitation was made',
  invitation_revoked: 'An invitation was taken back',
  password_changed: 'The password was changed',
  passkey_added: 'A passkey was added',
  passkey_removed: 'A passkey was removed',
  authenticator_added: 'An authenticator was added',
  authenticator_removed: 'The authenticator was removed',
  recovery_codes_made: 'New recovery codes were made',
  recovery_code_used: 'A recovery code was used',
  pin_removed: 'The PIN of a profile was removed',
  upstream_linked: 'An account of another provider was linked',
  upstream_unlinked: 'An account of another provider was unlinked',
};
/** What is worth saying of an entry, without ids. */
const DETAILS = ['by', 'device', 'passkey', 'name', 'role', 'state', 'provider', 'left'];

function wordsOf({ action, accountId, details }: AuditEntry): string {
  const said = DETAILS.flatMap((name) => {
    const value = details[name];
    if (value === undefined || value === null) return [];
    return [`${name}: ${value === accountId ? 'yourself' : value}`];
  });
  // What a later version recorded is shown by its name.
  const words = WORDS[action] ?? action;
  return said.length > 0 ? `${words} (${said.join(', ')})` : words;
}
