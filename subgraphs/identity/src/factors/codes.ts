// cspell:ignore ghjkmnpqrstvwxyz
import { createHash, randomBytes } from 'node:crypto';
import type { TOTP } from 'otpauth';

const PERIOD_S = 30;
const SECRET_BYTES = 20;
/** Time steps by which a clock may be off, each way. */
const DRIFT = 1;
/** How far off a clock is looked for, in time steps, to say so. */
const FAR = 240;
/** Whole hours are looked for beyond that: a clock that was set by hand in another time zone. */
const STEPS_PER_HOUR = 120;
const ZONES_H = 14;

const RECOVERY_CODES = 10;
/** Without characters that look alike (Crockford's base 32): 16 of them are 80 bits, which no one finds by their hashes. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const RECOVERY_LENGTH = 16;

export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

async function totpOf(secret: Uint8Array, label = ''): Promise<TOTP> {
  const { Secret, TOTP: Totp } = await import('otpauth');
  return new Totp({
    issuer: 'Giggityflix',
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_S,
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
  });
}

/** What an authenticator reads from a QR code, and the secret as one types it. */
export async function enrolmentLink(
  secret: Uint8Array,
  label: string,
): Promise<{ link: string; text: string }> {
  const totp = await totpOf(secret, label);
  return { link: totp.toString(), text: totp.secret.base32.replace(/(.{4})(?=.)/g, '$1 ') };
}

export type CodeCheck =
  | { outcome: 'right'; step: number }
  /** It is the code of another time; `offMs` is below 0 for a clock that is behind. */
  | { outcome: 'other_time'; offMs: number }
  | { outcome: 'wrong' };

/** Holds a code of six digits against the secret, at a time in milliseconds. */
export async function checkCode(secret: Uint8Array, code: string, now: number): Promise<CodeCheck> {
  const totp = await totpOf(secret);
  const step = Math.floor(now / 1_000 / PERIOD_S);
  const near = totp.validate({ token: code, timestamp: now, window: DRIFT });
  if (near !== null) return { outcome: 'right', step: step + near };
  const far = totp.validate({ token: code, timestamp: now, window: FAR }) ?? zoneOf(totp, code, now);
  return far === null ? { outcome: 'wrong' } : { outcome: 'other_time', offMs: far * PERIOD_S * 1_000 };
}

function zoneOf(totp: TOTP, code: string, now: number): number | null {
  for (let hours = -ZONES_H; hours <= ZONES_H; hours += 1) {
    const steps = hours * STEPS_PER_HOUR;
    const timestamp = now + steps * PERIOD_S * 1_000;
    const delta = timestamp < 0 ? null : totp.validate({ token: code, timestamp, window: DRIFT });
    if (delta !== null) return steps + delta;
  }
  return null;
}

/** Recovery codes as they are shown, once. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () =>
    Array.from(randomBytes(RECOVERY_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length])
      .join('')
      .replace(/(.{4})(?=.)/g, '$1-'),
  );
}

/** What is stored of a recovery code; null for a text that is none, in any way of writing it. */
export function recoveryHash(accountId: string, text: string): string | null {
  const code = text.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  if (code.length !== RECOVERY_LENGTH || [...code].some((letter) => !ALPHABET.includes(letter))) return null;
  return createHash('sha256').update(`recovery ${accountId} ${code}`).digest('hex');
}
