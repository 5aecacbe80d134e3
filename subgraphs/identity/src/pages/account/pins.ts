import type { Profile } from '../../profiles/profile.ts';
import { type Html, html } from '../html.ts';
import { presentProblem } from '../problems.ts';
import type { AccountForms, AccountPagesDeps } from './parts.ts';

/** Taking away the PIN of a profile that nobody remembers. */
export function createPinForms(
  { post, show }: AccountForms,
  { signIn, household, audit }: AccountPagesDeps,
): void {
  post('/account/pins/remove', async (visit) => {
    const { account, address, fields } = visit;
    // A child may sit at the browser that someone just signed in with.
    const { present: password = '' } = fields;
    const problem = presentProblem(
      await signIn.presentPassword({ accountId: account.id, password, address }),
    );
    if (problem) return show(visit, problem);
    const profile = await household.removePin(account, fields.id ?? '');
    if (!profile) return show(visit, { status: 404, text: 'There is no such profile any more.' });
    const details = { profile: profile.name };
    await audit.record({ at: new Date(), action: 'pin_removed', accountId: account.id, address, details });
    return visit.done('pin-removed');
  });
}

/** Null where no profile has a PIN. */
export function pinSection(
  profiles: readonly Profile[],
  { hasPassword, token }: { hasPassword: boolean; token: Html },
): Html | null {
  const locked = profiles.filter(({ pinHash }) => pinHash !== null);
  if (locked.length === 0) return null;
  const rows = locked.map(
    ({ id, name }, index) => html`<li>
<form method="post" action="/account/pins/remove">
${token}<input type="hidden" name="id" value="${id}">
${
  hasPassword &&
  html`<label for="pin-${index}">Present password</label>
<input type="password" id="pin-${index}" name="present" autocomplete="current-password" required>`
}
<button class="second">Remove the PIN of ${name}</button>
</form>
</li>`,
  );
  return html`<section aria-labelledby="pins-title">
<h2 id="pins-title">PINs of profiles</h2>
<p>Nobody remembers the PIN of a profile? Remove it here, and give the profile a new one.</p>
<ul>${rows}</ul>
</section>`;
}
