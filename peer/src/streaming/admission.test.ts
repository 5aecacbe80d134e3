import { createLogger } from '@giggityflix/kernel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAdmission } from './admission.ts';
import type { TokenVerdict } from './token-verifier.ts';

describe('the admission of a viewer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const setUp = (verdicts: TokenVerdict[]) => {
    const send = vi.fn();
    const close = vi.fn();
    const admission = createAdmission({
      verifier: { verify: async () => verdicts.shift()!, setKeySet: () => {} },
      purpose: { sessionId: 's', catalogId: 'c', connectionId: 'x' },
      now: Date.now,
      logger: createLogger({ service: 'test', level: 'silent' }),
      send,
      close,
    });
    return { admission, send, close };
  };
  const validFor = (ms: number): TokenVerdict => ({ ok: true, expiresAtMs: Date.now() + ms });

  it('ends with a reason when a token is refused', async () => {
    const { admission, send, close } = setUp([{ ok: false, reason: 'expired' }]);
    expect(await admission.admit('token')).toBe(false);
    expect(admission.isAdmitted()).toBe(false);
    expect(send).toHaveBeenCalledWith(expect.objectContaining({ code: 'unauthorized' }));
    await vi.advanceTimersByTimeAsync(100);
    expect(close).toHaveBeenCalledExactlyOnceWith('token expired');
  });

  it('ends 30 seconds after the token, unless another one comes', async () => {
    const { admission, close } = setUp([validFor(60_000), validFor(120_000)]);
    expect(await admission.admit('first')).toBe(true);
    await vi.advanceTimersByTimeAsync(80_000);
    expect(await admission.admit('second')).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(close).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(close).toHaveBeenCalledExactlyOnceWith('token expired');
  });

  it('lets nobody in after it was stopped, and sends nothing more', async () => {
    const { admission, send, close } = setUp([validFor(60_000)]);
    admission.stop();
    expect(await admission.admit('token')).toBe(false);
    await vi.advanceTimersByTimeAsync(200_000);
    expect([send.mock.calls, close.mock.calls]).toEqual([[], []]);
  });
});
