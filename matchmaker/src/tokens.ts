import { createHash } from 'node:crypto';
import { AuthenticationError, type Authenticator } from '@giggityflix/platform';
import type { Registrations } from './registrations/registrations.ts';

export type TokenOutcome = { ok: true } | { ok: false; problem: string };

export interface TokenChecker {
  /** Whether a token vouches for a peer id, shown from this address. */
  check(token: string, peerId: string, address: string): Promise<TokenOutcome>;
}

/** Most signatures checked at once: forged tokens must not keep the process from its clients. */
const MAX_CHECKS_AT_ONCE = 64;
/** Most tokens whose signature is remembered as good, so that a refresh does not check it again. */
const MAX_REMEMBERED = 50_000;
/** A token that does not end is tied to its address for this long. */
const ENDLESS_CLAIM_MS = 86_400_000;

/**
 * Tokens are JWTs of the platform with the peer id as subject. They travel in the clear, so each is good
 * for the first address that shows it alone.
 */
export function createTokenChecker(deps: {
  authenticator: Authenticator;
  registrations: Pick<Registrations, 'claimToken'>;
  now?: () => number;
}): TokenChecker {
  const { authenticator, registrations } = deps;
  const now = deps.now ?? Date.now;
  const good = new Map<string, { subject: string; untilMs: number }>();
  let checking = 0;

  async function subjectOf(token: string, digest: string) {
    const remembered = good.get(digest);
    if (remembered && remembered.untilMs > now()) return remembered;
    if (checking >= MAX_CHECKS_AT_ONCE) return 'busy';
    checking += 1;
    try {
      const identity = await authenticator.authenticate(`Bearer ${token}`);
      // A backend's shared secret says nothing of a peer.
      if (!identity || identity.roles.includes('service')) return null;
      const verified = { subject: identity.userId, untilMs: identity.expiresAt ?? now() + ENDLESS_CLAIM_MS };
      if (good.size >= MAX_REMEMBERED) good.delete(good.keys().next().value as string);
      good.set(digest, verified);
      return verified;
    } catch (error) {
      if (error instanceof AuthenticationError) return null;
      throw error;
    } finally {
      checking -= 1;
    }
  }

  return {
    async check(token, peerId, address) {
      const digest = createHash('sha256').update(token).digest('base64url');
      const verified = await subjectOf(token, digest);
      if (verified === 'busy') return refused('server busy, try again');
      if (verified === null) return refused('invalid token');
      if (verified.subject !== peerId) return refused('the token is for another peer_id');
      if (!(await registrations.claimToken(digest, address, verified.untilMs)))
        return refused('the token was used from another address');
      return { ok: true };
    },
  };
}

function refused(problem: string): TokenOutcome {
  return { ok: false, problem };
}
