import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createCredit } from './credit.ts';

const forever = new AbortController().signal;

describe('credit', () => {
  it('is spent up to what was granted, and waits for the rest', async () => {
    const credit = createCredit();
    credit.grant(100);
    await credit.spend(60, forever);
    let spent = false;
    const second = credit.spend(60, forever).then(() => {
      spent = true;
    });
    credit.grant(110);
    await Promise.resolve();
    expect(spent).toBe(false);
    credit.grant(120);
    await second;
  });

  it('does not shrink', async () => {
    const credit = createCredit();
    credit.grant(100);
    credit.grant(10);
    const spent = credit.spend(100, forever).then(() => 'spent');
    expect(await Promise.race([spent, setImmediate('waiting')])).toBe('spent');
  });

  it('is not spent by a request that was cancelled', async () => {
    const credit = createCredit();
    const abort = new AbortController();
    const waiting = credit.spend(10, abort.signal);
    abort.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    await expect(credit.spend(10, abort.signal)).rejects.toThrow('cancelled');
    credit.grant(10);
    await credit.spend(10, forever);
  });
});
