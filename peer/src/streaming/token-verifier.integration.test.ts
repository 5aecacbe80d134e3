import { createHmac, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createIssuer, type Issuer } from '../../testing/streaming.ts';
import { createTokenVerifier } from './token-verifier.ts';

const SESSION = 'session-1';
const CONTENT = 'ab'.repeat(32);
const SECRET = 'a secret of more than thirty-two characters';
const seconds = () => Math.floor(Date.now() / 1_000);
const purpose = (connectionId = randomUUID()) => ({ sessionId: SESSION, catalogId: CONTENT, connectionId });

function hs256(
  secret: string,
  changes: Record<string, unknown> = {},
  header: object = { alg: 'HS256' },
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const at = seconds();
  const claims = {
    iss: 'viewing-service',
    session_id: SESSION,
    content_id: CONTENT,
    iat: at,
    nbf: at,
    exp: at + 60,
    jti: randomUUID(),
    ...changes,
  };
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

describe('the token verifier', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await createIssuer();
  });
  const verifierWith = (
    options: { jwtSecret?: string; jwtAcceptedSecret?: string; requestKeySet?: () => void } = {},
  ) => {
    const verifier = createTokenVerifier({ jwtSecret: null, requestKeySet: () => {}, ...options });
    verifier.setKeySet(issuer.jwks);
    return verifier;
  };

  it('takes a token of the session, signed with a published key', async () => {
    const verdict = await verifierWith().verify(await issuer.sign(SESSION, CONTENT), purpose());
    expect(verdict).toMatchObject({ ok: true, expiresAtMs: expect.any(Number) });
  });

  it.each([
    ['expired', { exp: seconds() - 120 }, 'expired'],
    ['not yet valid', { nbf: seconds() + 3_600 }, 'not_yet_valid'],
    ['of another issuer', { iss: 'someone-else' }, 'bad_claims'],
    ['of another session', { session_id: 'session-2' }, 'other_session'],
    ['for another film', { content_id: 'cd'.repeat(32) }, 'other_content'],
    ['without an id', { jti: undefined }, 'bad_claims'],
    ['without an end', { exp: undefined }, 'bad_claims'],
    ['with a session that is not text', { session_id: { toString: 'session-1' } }, 'bad_claims'],
  ])('refuses a token %s', async (_what, changes, reason) => {
    const token = await issuer.sign(SESSION, CONTENT, changes);
    expect(await verifierWith().verify(token, purpose())).toEqual({ ok: false, reason });
  });

  it('refuses a token whose claims were changed after signing', async () => {
    const [header, , signature] = (await issuer.sign(SESSION, CONTENT)).split('.');
    const claims = Buffer.from(
      JSON.stringify({
        iss: 'viewing-service',
        session_id: SESSION,
        content_id: CONTENT,
        exp: seconds() + 60,
        jti: 'x',
      }),
    );
    const forged = `${header}.${claims.toString('base64url')}.${signature}`;
    expect(await verifierWith().verify(forged, purpose())).toEqual({ ok: false, reason: 'bad_signature' });
  });

  it('refuses a token of a stranger who claims the same key id', async () => {
    const stranger = await createIssuer();
    const verdict = await verifierWith().verify(await stranger.sign(SESSION, CONTENT), purpose());
    expect(verdict).toEqual({ ok: false, reason: 'bad_signature' });
  });

  it.each(['', 'x', 'a.b.c', '..', `${'a'.repeat(4_000)}.b.c`])('refuses %j', async (token) => {
    expect(await verifierWith().verify(token, purpose())).toEqual({ ok: false, reason: 'malformed' });
  });

  it('refuses unsigned tokens, and HS256 signed with the published key', async () => {
    const none = hs256('', {}, { alg: 'none' }).replace(/[^.]*$/, '');
    const confused = hs256(issuer.jwks, {}, { alg: 'HS256', kid: 'key-1' });
    for (const token of [none, confused])
      expect((await verifierWith().verify(token, purpose())).ok).toBe(false);
  });

  it('takes HS256 only with a configured secret, and only of that secret', async () => {
    expect((await verifierWith().verify(hs256(SECRET), purpose())).ok).toBe(false);
    const verifier = verifierWith({ jwtSecret: SECRET });
    expect((await verifier.verify(hs256(SECRET), purpose())).ok).toBe(true);
    expect(await verifier.verify(hs256('another secret, no less long than that'), purpose())).toEqual({
      ok: false,
      reason: 'bad_signature',
    });
    expect((await verifier.verify(await issuer.sign(SESSION, CONTENT), purpose())).ok).toBe(true);
  });

  it('takes HS256 of two secrets while one follows the other', async () => {
    const other = 'another secret, no less long than that';
    const verifier = verifierWith({ jwtSecret: SECRET, jwtAcceptedSecret: other });
    for (const secret of [SECRET, other])
      expect((await verifier.verify(hs256(secret), purpose())).ok).toBe(true);
    expect((await verifier.verify(hs256('a third secret, of more than 32 bytes'), purpose())).ok).toBe(false);
  });

  it('takes a token again on its own connection, and on no other', async () => {
    const verifier = verifierWith();
    const token = await issuer.sign(SESSION, CONTENT);
    const first = purpose();
    expect((await verifier.verify(token, first)).ok).toBe(true);
    expect((await verifier.verify(token, first)).ok).toBe(true);
    expect(await verifier.verify(token, purpose())).toEqual({ ok: false, reason: 'replayed' });
  });

  it('remembers a bounded number of tokens: at the limit it refuses new ones until one of them has ended', async () => {
    let at = Date.now();
    const verifier = createTokenVerifier({
      jwtSecret: null,
      requestKeySet: () => {},
      now: () => at,
      maxRemembered: 2,
    });
    verifier.setKeySet(issuer.jwks);
    const token = (minutes: number) => issuer.sign(SESSION, CONTENT, { exp: seconds() + minutes * 60 });
    const [short, long, third] = await Promise.all([token(5), token(60), token(60)]);
    const known = purpose();
    expect((await verifier.verify(short, purpose())).ok).toBe(true);
    expect((await verifier.verify(long, known)).ok).toBe(true);

    expect(await verifier.verify(third, purpose())).toEqual({ ok: false, reason: 'replayed' });
    expect((await verifier.verify(long, known)).ok).toBe(true);
    expect(await verifier.verify(long, purpose())).toEqual({ ok: false, reason: 'replayed' });

    at += 10 * 60_000;
    expect((await verifier.verify(third, purpose())).ok).toBe(true);
    expect(await verifier.verify(long, purpose())).toEqual({ ok: false, reason: 'replayed' });
  });

  it('takes a token for the first time until it no longer opens anything, and from then on until it ends', async () => {
    let ahead = 0;
    const verifier = createTokenVerifier({
      jwtSecret: null,
      requestKeySet: () => {},
      now: () => Date.now() + ahead,
    });
    verifier.setKeySet(issuer.jwks);
    const at = Math.floor(Date.now() / 1_000);
    const sign = () => issuer.sign(SESSION, CONTENT, { opens_until: at + 300 });
    const [used, unused] = [await sign(), await sign()];
    const mine = purpose();
    expect((await verifier.verify(used, mine)).ok).toBe(true);
    ahead = 400_000;
    expect((await verifier.verify(used, mine)).ok).toBe(true);
    expect(await verifier.verify(unused, mine)).toEqual({ ok: false, reason: 'expired' });
  });

  it('asks for new keys when a token names one it does not know', async () => {
    const next = await createIssuer('key-2');
    const requestKeySet = vi.fn(() => verifier.setKeySet(next.jwks));
    const verifier = verifierWith({ requestKeySet });
    expect((await verifier.verify(await next.sign(SESSION, CONTENT), purpose())).ok).toBe(true);
    expect(requestKeySet).toHaveBeenCalledOnce();
  });

  it('asks once for many tokens of unknown keys, and refuses them when no key comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const requestKeySet = vi.fn();
      const verifier = verifierWith({ requestKeySet });
      const stranger = await createIssuer('key-9');
      const token = await stranger.sign(SESSION, CONTENT);
      const verdicts = Promise.all([1, 2, 3].map(() => verifier.verify(token, purpose())));
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(3));
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await verdicts).toEqual(Array(3).fill({ ok: false, reason: 'unknown_key' }));
      expect(requestKeySet).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps the keys it has when it is given something else', async () => {
    const verifier = verifierWith();
    for (const junk of ['', '{', '{}', '{"keys":1}', '[]']) expect(() => verifier.setKeySet(junk)).toThrow();
    expect((await verifier.verify(await issuer.sign(SESSION, CONTENT), purpose())).ok).toBe(true);
  });

  it('goes by the clock it is given', async () => {
    const verifier = createTokenVerifier({
      jwtSecret: null,
      requestKeySet: () => {},
      now: () => Date.now() - 3_600_000,
    });
    verifier.setKeySet(issuer.jwks);
    expect(await verifier.verify(await issuer.sign(SESSION, CONTENT), purpose())).toEqual({
      ok: false,
      reason: 'not_yet_valid',
    });
  });
});
