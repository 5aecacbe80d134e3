import { describe, expect, it } from 'vitest';
import { createBandwidth } from './bandwidth.ts';

const forever = new AbortController().signal;

describe('a bandwidth cap', () => {
  it('lets no more through than it allows', async () => {
    const bandwidth = createBandwidth(8_000_000);
    const startedAt = performance.now();
    for (let sent = 0; sent < 500_000; sent += 50_000) await bandwidth.take(50_000, forever);
    const seconds = (performance.now() - startedAt) / 1_000;
    bandwidth.stop();
    // 500 kB at 1 MB/s, of which 100 kB may go at once and the last message is not waited for.
    expect(seconds).toBeGreaterThan(0.34);
    expect(seconds).toBeLessThan(1.5);
  });

  it('shares itself equally among those who want more', async () => {
    const bandwidth = createBandwidth(16_000_000);
    const sent = [0, 0, 0, 0];
    const end = new AbortController();
    const viewers = sent.map(async (_, viewer) => {
      while (!end.signal.aborted) {
        await bandwidth.take(10_000, end.signal);
        sent[viewer]! += 10_000;
      }
    });
    await expect.poll(() => Math.min(...sent)).toBeGreaterThan(100_000);
    end.abort();
    await Promise.allSettled(viewers);
    bandwidth.stop();
    expect(Math.max(...sent) - Math.min(...sent)).toBeLessThanOrEqual(10_000);
  });

  it('forgets who gave up waiting', async () => {
    const bandwidth = createBandwidth(8_000);
    await bandwidth.take(100, forever);
    const abort = new AbortController();
    const waiting = bandwidth.take(1_000_000, abort.signal);
    const gone = bandwidth.take(1_000_000, abort.signal);
    abort.abort(new Error('cancelled'));
    await expect(gone).rejects.toThrow('cancelled');
    await Promise.allSettled([waiting]);
    bandwidth.stop();
  });

  it('does not hold anyone back where there is none', async () => {
    const bandwidth = createBandwidth(null);
    for (let count = 0; count < 1_000; count += 1) await bandwidth.take(1_000_000, forever);
  });
});
