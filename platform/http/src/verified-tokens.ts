import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/**
 * Tokens whose signature was found good, so that it is not checked again each time a client shows the same one. They are
 * kept by their hash: what is stored of a token is useless to someone who reads this process's memory.
 */
export interface VerifiedTokens<T> {
  /** What a token says; undefined for one that is not cached, or not any more. */
  get(token: string): T | undefined;
  /** Remembers what a token says until then, in milliseconds since 1970: at most for as long as the token holds. */
  add(token: string, says: T, untilMs: number): void;
}

/** When `max` are cached the one used longest ago makes room: it is verified again, should it come. */
export function createVerifiedTokens<T>(
  { max }: { max: number },
  now: () => number = () => Date.now(),
): VerifiedTokens<T> {
  const known = new LRUCache<string, { says: T; untilMs: number }>({ max });
  return {
    get(token) {
      const name = digestOf(token);
      const found = known.get(name);
      if (!found) return undefined;
      if (found.untilMs > now()) return found.says;
      known.delete(name);
      return undefined;
    },
    add: (token, says, untilMs) => void known.set(digestOf(token), { says, untilMs }),
  };
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
