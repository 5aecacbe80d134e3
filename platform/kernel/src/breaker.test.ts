import { describe, expect, it } from 'vitest';
import { BreakerOpenError, createBreaker } from './breaker.ts';

describe('the circuit breaker', () => {
  it('opens after failures in a row, lets one probe through, and closes when it succeeds', () => {
    let now = 0;
    const breaker = createBreaker({ failures: 8, openMs: 300, clock: () => now });
    for (let n = 0; n < 7; n++) breaker.failed();
    breaker.succeeded();
    for (let n = 0; n < 7; n++) breaker.failed();
    expect(breaker.allow()).toBe(true);
    breaker.failed();
    expect([breaker.state, breaker.allow()]).toEqual(['open', false]);
    now = 300;
    expect([breaker.allow(), breaker.allow()]).toEqual([true, false]);
    breaker.failed();
    expect(breaker.allow()).toBe(false);
    now = 600;
    expect(breaker.allow()).toBe(true);
    breaker.succeeded();
    expect(breaker.state).toBe('closed');
  });

  it('makes calls while it is closed, and counts only what is a failure of the other side', async () => {
    const states: string[] = [];
    const breaker = createBreaker({
      failures: 2,
      openMs: 300,
      clock: () => 0,
      counts: (error) => (error as Error).message === 'unavailable',
      onChange: (state) => states.push(state),
    });
    const call = (message: string) => breaker.run(() => Promise.reject(new Error(message)));
    expect(await breaker.run(async () => 'answer')).toBe('answer');
    for (const message of ['unavailable', 'bad request', 'unavailable'])
      await expect(call(message)).rejects.toThrow(message);
    expect(breaker.state).toBe('closed');
    await expect(call('unavailable')).rejects.toThrow('unavailable');
    await expect(call('unavailable')).rejects.toThrow(BreakerOpenError);
    expect(states).toEqual(['open']);
  });
});
