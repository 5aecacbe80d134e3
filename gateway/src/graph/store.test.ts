import { Writable } from 'node:stream';
import { createLogger } from '@giggityflix/kernel';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OriginError } from './origin.ts';
import { createGraphStore } from './store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a schema that is missing is logged once, after the time that starting takes', async () => {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const graphs = createGraphStore({
    origin: { read: () => Promise.reject(new OriginError(['supergraph.graphql: no such file'])) },
    pollMs: 1_000,
    logger: createLogger({ service: 'gateway', level: 'info', destination }),
  });
  await graphs.start();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(lines).toEqual([]);
  expect(graphs.ready()).toEqual({ ready: false, reason: 'supergraph.graphql: no such file' });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lines).toEqual([expect.stringContaining('no such file')]);
  await graphs.stop();
});
