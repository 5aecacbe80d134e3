import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base32: no I, L, O or U, so that a code survives being read aloud and typed. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.replace(/[ILO]|U/g, '');
const CODE_LENGTH = 28;
const GROUP = /.{4}(?=.)/g;
/** Longer text is no invitation, however it is spaced. */
const MAX_TYPED_LENGTH = 200;
const LINK = 'giggityflix://join/';

/** A new invitation's code: 140 random bits in seven groups of four characters. */
export function newInvitationCode(): string {
  const characters = Array.from(randomBytes(CODE_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]);
  return characters.join('').replace(GROUP, '$&-');
}

/** The link of an invitation, which stands for its code. */
export function invitationLink(code: string): string {
  return LINK + code;
}

/** The code within what a person types or pastes: a code in any case and grouping, or its link. Null for anything else. */
export function parseInvitation(text: string): string | null {
  if (text.length > MAX_TYPED_LENGTH) return null;
  const trimmed = text.trim();
  const typed = trimmed.toLowerCase().startsWith(LINK) ? trimmed.slice(LINK.length) : trimmed;
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (code.length !== CODE_LENGTH || [...code].some((character) => !ALPHABET.includes(character)))
    return null;
  return code.replace(GROUP, '$&-');
}

/** What is stored of a code: SHA-256 of its canonical form, in lowercase hexadecimal. */
export function invitationHash(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
