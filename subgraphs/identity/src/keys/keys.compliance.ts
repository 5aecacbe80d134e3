import type { RotationPolicy } from '@giggityflix/kernel';
import { expect, it } from 'vitest';
import type { KeyStore } from './keys.ts';

const POLICY: RotationPolicy = { periodMs: 1_000_000, leadMs: 1_000, overlapMs: 5_000 };

/** The guarantees of {@link KeyStore}; `open` gives a store on the same database, on a clock. */
export function keysCompliance(open: (policy: RotationPolicy, clock: () => number) => KeyStore): void {
  it('makes one key for all who ask at once, and keys of a purpose are of no other', async () => {
    const stores = [open(POLICY, () => 0), open(POLICY, () => 0)];
    const sets = await Promise.all([...stores, ...stores].map((store) => store.current('signing')));
    expect(new Set(sets.map(({ signer }) => signer.kid)).size).toBe(1);
    expect(sets[0]?.signer.jwk).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    expect(sets[0]?.signer.jwk.d).toBeTypeOf('string');
    const cookie = await stores[0]!.current('cookie');
    expect(cookie.all).toHaveLength(1);
    expect(cookie.signer.jwk.kty).toBe('oct');
  });

  it('publishes the next key before it signs, and keeps the former while its tokens are valid', async () => {
    let now = 0;
    const store = open(POLICY, () => now);
    const first = (await store.current('signing')).signer.kid;
    const kids = async () => {
      const { signer, all } = await store.current('signing');
      return { signer: signer.kid, count: all.length, hasFirst: all.some(({ kid }) => kid === first) };
    };
    now = POLICY.periodMs - POLICY.leadMs;
    expect(await kids()).toEqual({ signer: first, count: 2, hasFirst: true });
    now = POLICY.periodMs;
    const second = await kids();
    expect(second).toMatchObject({ count: 2, hasFirst: true });
    expect(second.signer).not.toBe(first);
    now = POLICY.periodMs + POLICY.overlapMs;
    expect(await kids()).toEqual({ signer: second.signer, count: 1, hasFirst: false });
  });

  it('keeps the key that encrypts for ever', async () => {
    let now = 0;
    const store = open(POLICY, () => now);
    const { signer } = await store.current('factors');
    now = 100 * POLICY.periodMs;
    expect(await store.current('factors')).toEqual({ signer, all: [signer] });
  });
}
