import { AsyncLocalStorage } from 'node:async_hooks';
import { pooledRandom } from './random-pool.ts';

/** Header that carries the trace of a record, as W3C Trace Context names it. */
export const TRACEPARENT = 'traceparent';

const current = new AsyncLocalStorage<string>();

/** https://www.w3.org/TR/trace-context/#traceparent-header: version, trace id, parent id, flags. */
export const TRACEPARENT_FORM = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The `traceparent` of the work in progress, or undefined outside of any. */
export function currentTraceparent(): string | undefined {
  return current.getStore();
}

/**
 * Runs `work` as part of the trace that `traceparent` names; what is published within carries the same
 * trace id. A missing or malformed value begins a new trace.
 */
export function withTrace<T>(traceparent: string | undefined, work: () => T): T {
  return current.run(childOf(traceparent), work);
}

/** Runs `work` under exactly this `traceparent`, that of a span in progress. */
export function underTrace<T>(traceparent: string, work: () => T): T {
  return current.run(traceparent, work);
}

/** A `traceparent` of the same trace with a new parent id; of a new trace when none is given. */
export function childOf(traceparent: string | undefined): string {
  const span = randomHex(8);
  if (traceparent !== undefined && TRACEPARENT_FORM.test(traceparent))
    return `${traceparent.slice(0, 36)}${span}${traceparent.slice(52)}`;
  return `00-${randomHex(16)}-${span}-01`;
}

function randomHex(bytes: number): string {
  return pooledRandom(bytes).toString('hex');
}
