import { visibleText } from '@giggityflix/kernel';

/** Longest login and longest name, in characters; an e-mail address has at most 254 (RFC 5321). */
const MAX_LOGIN_LENGTH = 254;
const MAX_NAME_LENGTH = 100;

export type LoginCheck = { ok: true; login: string; key: string } | { ok: false; problem: string };

/**
 * A name or an e-mail address, in any script. Those that differ only in case, in width or in how a letter is composed are one
 * login: `key` is equal for them.
 */
export function checkLogin(text: string): LoginCheck {
  const what = 'The name to sign in with';
  const checked = checkText(text, what, MAX_LOGIN_LENGTH);
  if (!checked.ok) return checked;
  const key = loginKey(checked.text);
  // Some letters stand for many.
  const folded = checkText(key, what, MAX_LOGIN_LENGTH);
  return folded.ok ? { ok: true, login: checked.text, key } : folded;
}

export type NameCheck = { ok: true; name: string } | { ok: false; problem: string };

/** A name that others see. */
export function checkName(text: string): NameCheck {
  const checked = checkText(text, 'The name', MAX_NAME_LENGTH);
  return checked.ok ? { ok: true, name: checked.text } : checked;
}

export function loginKey(login: string): string {
  // Folding may compose letters anew.
  return login.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();
}

function checkText(text: string, what: string, most: number) {
  const tooLong = { ok: false, problem: `${what} may have at most ${most} characters.` } as const;
  // Twice as many code units: what is far too long is not even looked at.
  if (text.length > 2 * most) return tooLong;
  const visible = visibleText(text);
  if (visible === '') return { ok: false, problem: `${what} is empty.` } as const;
  return [...visible].length > most ? tooLong : ({ ok: true, text: visible } as const);
}
