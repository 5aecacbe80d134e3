import { describe, expect, it } from 'vitest';
import { createRevocations, REMEMBER_REVOCATIONS_MS } from './revocations.ts';

const bearer = (deviceId: string | null, issuedAt: number | null, userId = 'ann') => ({
  userId,
  deviceId,
  issuedAt,
});
const open = (max?: number) => {
  const clock = { at: 1_000 };
  return { clock, revocations: createRevocations({ max, now: () => clock.at }) };
};

describe('tokens taken back', () => {
  it('are those of the device that were issued before, and no others', () => {
    const { revocations } = open();
    revocations.add({ accountId: 'ann', deviceId: 'tv', tokensBefore: 900 });
    expect(revocations.refuses(bearer('tv', 899))).toBe(true);
    expect(revocations.refuses(bearer('tv', null))).toBe(true);
    expect(revocations.refuses(bearer('tv', 900))).toBe(false);
    expect(revocations.refuses(bearer('phone', 899))).toBe(false);
    expect(revocations.refuses(bearer(null, 899))).toBe(false);
    expect(revocations.refuses(bearer('tv', 899, 'ben'))).toBe(false);
  });

  it('are those of all devices where none is named', () => {
    const { revocations } = open();
    revocations.add({ accountId: 'ann', deviceId: null, tokensBefore: 900 });
    for (const deviceId of ['tv', 'phone', null])
      expect(revocations.refuses(bearer(deviceId, 899))).toBe(true);
    expect(revocations.refuses(bearer('tv', 901))).toBe(false);
  });

  it('do not come back when an older record comes later', () => {
    const { revocations } = open();
    revocations.add({ accountId: 'ann', deviceId: 'tv', tokensBefore: 900 });
    revocations.add({ accountId: 'ann', deviceId: 'tv', tokensBefore: 500 });
    expect(revocations.refuses(bearer('tv', 700))).toBe(true);
  });

  it('are remembered for an hour, and the oldest make room', () => {
    const { clock, revocations } = open(2);
    for (const deviceId of ['a', 'b', 'c']) {
      clock.at += 1;
      revocations.add({ accountId: 'ann', deviceId, tokensBefore: clock.at });
    }
    expect(['a', 'b', 'c'].map((id) => revocations.refuses(bearer(id, 1)))).toEqual([false, true, true]);
    clock.at += REMEMBER_REVOCATIONS_MS;
    expect(revocations.refuses(bearer('c', 1))).toBe(false);
    revocations.add({ accountId: 'ann', deviceId: 'd', tokensBefore: 1_000 });
    expect(revocations.refuses(bearer('d', 1))).toBe(false);
  });

  it('end what was watched, once, and nothing that was cancelled', () => {
    const { revocations } = open();
    const ended: string[] = [];
    revocations.watch(bearer('tv', 1), () => ended.push('tv'));
    revocations.watch(bearer('phone', 1), () => ended.push('phone'));
    revocations.watch(bearer('tv', 950), () => ended.push('newer'));
    revocations.watch(bearer('tv', 1), () => ended.push('cancelled'))();
    revocations.add({ accountId: 'ann', deviceId: 'tv', tokensBefore: 900 });
    revocations.add({ accountId: 'ann', deviceId: 'tv', tokensBefore: 901 });
    expect(ended).toEqual(['tv']);
    revocations.add({ accountId: 'ann', deviceId: null, tokensBefore: 999 });
    expect(ended).toEqual(['tv', 'phone', 'newer']);
  });
});
