import type { Account } from '../../accounts/account.ts';
import type { Passkey } from '../../credentials/credentials.ts';
import { MIN_PASSWORD_LENGTH } from '../../credentials/passwords.ts';
import type { Device } from '../../devices/devices.ts';
import { type Html, html, type Problem, problemNote } from '../html.ts';

/** What the page of an account shows. */
export interface Overview {
  account: Account;
  hasPassword: boolean;
  passkeys: readonly Passkey[];
  hasAuthenticator: boolean;
  recoveryCodesLeft: number;
  devices: readonly Device[];
  ownDevices: ReadonlySet<string>;
}

const DONE: Readonly<Record<string, string>> = {
  name: 'Your name was changed.',
  password: 'Your password was changed. If someone else knew the former one, sign out on all devices.',
  passkey: 'The passkey was added.',
  'passkey-name': 'The passkey was renamed.',
  'passkey-removed': 'The passkey was removed. Delete it in your browser or password manager, too.',
  'authenticator-removed': 'The authenticator was removed: your password is enough from now on.',
  device: 'The device was signed out.',
  upstream: 'The account is linked: you can sign in with it from now on.',
  'pin-removed': 'The PIN was removed: anyone who uses this account can choose the profile now.',
  'upstream-removed': 'The account is not linked any more.',
};

export function overviewBody(
  shown: Overview,
  { token, done, problem, more }: { token: Html; done: string; problem: Problem | null; more: Html | null },
): Html {
  const { account } = shown;
  const note = Object.hasOwn(DONE, done) ? DONE[done]! : null;
  return html`<div id="note">${problemNote(problem)}${note !== null && problem === null && html`<p class="done" role="status">${note}</p>`}</div>
<p>You are signed in as ${account.name} (${account.login}).</p>
<div class="sections">
${nameSection(account, token)}
${passwordSection(shown, token)}
${passkeySection(shown.passkeys, token)}
${authenticatorSection(shown, token)}
${more}
${deviceSection(shown, token)}
${leavingSection()}
</div>`;
}

function nameSection(account: Account, token: Html): Html {
  return html`<section aria-labelledby="name-title">
<h2 id="name-title">Name</h2>
<form method="post" action="/account/name">
${token}
<label for="name">What others here see</label>
<input type="text" id="name" name="name" value="${account.name}" autocomplete="name" required>
<button class="second">Change the name</button>
</form>
</section>`;
}

function passwordSection({ account, hasPassword }: Overview, token: Html): Html {
  return html`<section aria-labelledby="password-title">
<h2 id="password-title">Password</h2>
<form method="post" action="/account/password">
${token}
<input type="text" name="username" value="${account.login}" autocomplete="username" hidden>
${
  hasPassword &&
  html`<label for="present">Present password</label>
<input type="password" id="present" name="present" autocomplete="current-password" required>`
}
<label for="new">New password</label>
<p class="hint" id="new-hint">At least ${MIN_PASSWORD_LENGTH} characters.</p>
<input type="password" id="new" name="new" aria-describedby="new-hint" autocomplete="new-password" required>
<button class="second">${hasPassword ? 'Change the password' : 'Set a password'}</button>
</form>
</section>`;
}

function passkeySection(passkeys: readonly Passkey[], token: Html): Html {
  const rows = passkeys.map(
    ({ id, name, createdAt, lastUsedAt }, index) => html`<li>
<p>${name} <span class="hint">added ${day(createdAt)}${lastUsedAt !== null && html`, last used ${day(lastUsedAt)}`}</span></p>
<form method="post" action="/account/passkeys/name">
${token}<input type="hidden" name="id" value="${id}">
<label for="passkey-${index}">Name of the passkey</label>
<input type="text" id="passkey-${index}" name="name" value="${name}" autocomplete="off" required>
<button class="second">Rename ${name}</button>
</form>
<form method="post" action="/account/passkeys/remove">
${token}<input type="hidden" name="id" value="${id}"><button class="second">Remove ${name}</button>
</form>
</li>`,
  );
  return html`<section aria-labelledby="passkeys-title">
<h2 id="passkeys-title">Passkeys</h2>
${rows.length > 0 ? html`<ul>${rows}</ul>` : html`<p>You have none. With one you sign in by a finger, your face or the PIN of a device.</p>`}
<div data-needs-passkeys hidden>
<p class="problem" role="alert" data-note hidden></p>
<form method="post" action="/account/passkeys" data-passkey="register" data-options="/account/passkeys/options">
${token}<input type="hidden" name="answer">
<label for="passkey-new">Name of a new passkey</label>
<input type="text" id="passkey-new" name="name" value="Passkey" autocomplete="off" required>
<button class="second">Add a passkey</button>
</form>
</div>
</section>`;
}

function authenticatorSection({ hasAuthenticator, recoveryCodesLeft: left }: Overview, token: Html): Html {
  const body = hasAuthenticator
    ? html`<p>After your password you are asked for a code of your authenticator. ${left} recovery code${left === 1 ? ' is' : 's are'} left.</p>
<form method="post" action="/account/recovery-codes">${token}<button class="second">Make new recovery codes</button></form>
<form method="post" action="/account/authenticator/remove">${token}<button class="second">Remove the authenticator</button></form>`
    : html`<p>An application on your phone that makes codes. With it, nobody signs in by your password alone.</p>
<p><a class="button second" href="/account/authenticator">Add an authenticator</a></p>`;
  return html`<section aria-labelledby="authenticator-title">
<h2 id="authenticator-title">Authenticator</h2>
${body}
</section>`;
}

function deviceSection({ devices, ownDevices }: Overview, token: Html): Html {
  const rows = devices.map(
    ({ id, name, lastSeenAt }) => html`<li>
<p>${name}${ownDevices.has(id) && ' (this one)'} <span class="hint">last seen ${day(lastSeenAt)}</span></p>
<form method="post" action="/account/devices/revoke">
${token}<input type="hidden" name="id" value="${id}"><button class="second">Sign out ${name}</button>
</form>
</li>`,
  );
  return html`<section aria-labelledby="devices-title">
<h2 id="devices-title">Devices</h2>
${rows.length > 0 ? html`<ul>${rows}</ul>` : html`<p>No application is signed in.</p>`}
<form method="post" action="/account/sign-out-everywhere">${token}<button class="second">Sign out on all devices</button></form>
</section>`;
}

function leavingSection(): Html {
  return html`<section aria-labelledby="more-title">
<h2 id="more-title">More</h2>
<p><a href="/account/activity">What happened to your account</a></p>
<p><a href="/account/close">Close your account</a></p>
</section>`;
}

export function day(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 10)}</time>`;
}
