import { UnavailableError } from '@giggityflix/kernel';

/** Memory in KiB, passes and lanes of argon2id: what OWASP recommends, 20 ms and 19 MiB a password. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** What someone without a password is compared with, at the same cost; nobody knows a password of it. */
const HASH_OF_NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBwYXNzd29yZA$zL1bX0p8s2k5v7hQwE3rTyUiOpAsDfGhJkLzXcVbNmQ';

export const MIN_PASSWORD_LENGTH = 10;
/** In characters: more would only cost the time to read it. */
const MAX_PASSWORD_LENGTH = 1_000;

/** How many passwords are hashed at once, and how many may be in line for that. */
const AT_ONCE = 2;
const IN_LINE = 64;
/** How soon someone who found the line full may come again, in seconds. */
const RETRY_S = 2;

/** Hashes and compares passwords, few at a time: a flood of sign-ins is turned back and takes neither processor nor memory from others. */
export interface Passwords {
  /** @throws UnavailableError when too many are in line. */
  hash(password: string): Promise<string>;
  /**
   * Whether a password is that of `hash`; takes as long where there is none, which says nothing of who has an account.
   * @throws UnavailableError when too many are in line.
   */
  matches(hash: string | null, password: string): Promise<boolean>;
}

/** Why a password is not taken; null when it is. */
export function passwordProblem(password: string, login: string): string | null {
  const { length } = password.slice(0, MAX_PASSWORD_LENGTH + 1);
  if (length > MAX_PASSWORD_LENGTH) return `The password may have at most ${MAX_PASSWORD_LENGTH} characters.`;
  if ([...password].length < MIN_PASSWORD_LENGTH)
    return `The password needs at least ${MIN_PASSWORD_LENGTH} characters. A few words that only you would put together are a good one.`;
  if (new Set(password).size < 4) return 'The password repeats the same few characters.';
  if (password.toLowerCase().includes(login.toLowerCase()) && login.length > 3)
    return 'The password contains the name you sign in with.';
  return null;
}

export function createPasswords(): Passwords {
  let working = 0;
  const line: (() => void)[] = [];
  const turn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (working >= AT_ONCE) {
      if (line.length >= IN_LINE) throw new UnavailableError('signing in', { retryAfterSeconds: RETRY_S });
      await new Promise<void>((resolve) => line.push(resolve));
    } else working += 1;
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else working -= 1;
    }
  };
  return {
    hash: (password) =>
      turn(async () => {
        const { hash } = await import('@node-rs/argon2');
        return hash(password.normalize('NFKC'), COST);
      }),
    matches: (hash, password) =>
      turn(async () => {
        const { verify } = await import('@node-rs/argon2');
        const isRight = await verify(
          hash ?? HASH_OF_NOBODY,
          password.slice(0, MAX_PASSWORD_LENGTH).normalize('NFKC'),
        );
        return isRight && hash !== null;
      }),
  };
}
