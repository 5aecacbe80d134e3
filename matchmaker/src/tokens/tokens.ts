import { hash } from 'node:crypto';
import { AuthenticationError, type Authenticator, createVerifiedTokens } from '@giggityflix/http';
import type { Registrations } from '../registrations/registrations.ts';

export type TokenOutcome = { ok: true } | { ok: false; problem: string };

export interface TokenChecker {
  /** Whether a token vouches for a peer id, shown from this address. */
  check(token: string, peerId: string, address: string): Promise<TokenOutcome>;
}

/** Most signatures checked at once: forged tokens must not keep the process busy. */
const MAX_CHECKS_AT_ONCE = 64;
/** Most tokens whose signature is cached as valid, so that a refresh does not check it again. */
const MAX_CACHED = 50_000;
/** A token that does not end is tied to its address for this long. */
const ENDLESS_CLAIM_MS = 86_400_000;

/**
 * Tokens are JWTs with the peer id as subject, of the platform's issuer or signed by the peer itself with the key its id is
 * derived from. They travel in the clear, so each is valid only for the first address that sends it.
 */
export function createTokenChecker(deps: {
  /** One that caches no tokens: they are cached here, with those that peers sign. */
  authenticator: Authenticator;
  registrations: Pick<Registrations, 'claimToken'>;
  now?: () => number;
}): TokenChecker {
  const { authenticator, registrations } = deps;
  const now = deps.now ?? Date.now;
  const good = createVerifiedTokens<{ subject: string; untilMs: number }>({ max: MAX_CACHED }, now);
  let checking = 0;

  async function subjectOf(token: string) {
    const cached = good.get(token);
    if (cached) return cached;
    if (checking >= MAX_CHECKS_AT_ONCE) return 'busy';
    checking += 1;
    try {
      // Loaded with the first token: what reads JWTs takes 2 MB.
      const { isOfPeer, verifyPeerToken } = await import('./peer-tokens.ts');
      const verified = isOfPeer(token) ? await verifyPeerToken(token, now()) : await ofIssuer(token);
      if (verified === null) return null;
      good.add(token, verified, verified.untilMs);
      return verified;
    } catch (error) {
      if (error instanceof AuthenticationError) return null;
      throw error;
    } finally {
      checking -= 1;
    }
  }

  async function ofIssuer(token: string) {
    const identity = await authenticator.authenticate(`Bearer ${token}`);
    // A backend's shared secret says nothing about a peer.
    if (!identity || identity.roles.includes('service')) return null;
    return { subject: identity.userId, untilMs: identity.expiresAt ?? now() + ENDLESS_CLAIM_MS };
  }

  return {
    async check(token, peerId, address) {
      const verified = await subjectOf(token);
      if (verified === 'busy') return refused('server busy, try again');
      if (verified === null) return refused('invalid token');
      if (verified.subject !== peerId) return refused('the token is for another peer_id');
      // Without the signature, which can be written in several ways: each would count as another token.
      const signed = hash('sha256', token.slice(0, token.lastIndexOf('.')), 'base64url');
      if (!(await registrations.claimToken(signed, address, verified.untilMs)))
        return refused('the token was used from another address');
      return { ok: true };
    },
  };
}

function refused(problem: string): TokenOutcome {
  return { ok: false, problem };
}
