import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import {
  ASSUMED_LATENCY_MS,
  MAX_LATENCY_MS,
  MAX_RUN_PIECES,
  MAX_SOURCE_PIECES,
  MIN_SOURCE_PIECES,
  PROBE_MS,
  RATE_SAMPLE_MS,
  RATE_TIME_MS,
  SLACK_MS,
  STALL_FACTOR,
  STALL_MAX_MS,
  STALL_MIN_MS,
  SUSPECT_FACTOR,
  SUSPECT_MAX_MS,
  SUSPECT_MIN_MS,
} from './limits.ts';

/** What is measured of one source. Times are milliseconds of one clock. */
export interface Health {
  /** Requests go out to a source that has none open. */
  begins(now: number): void;
  /** It has no request open any more. */
  rests(now: number): void;
  /** All payload bytes that have come from it. */
  progress(totalBytes: number, now: number): void;
  /** The first piece has come of a request that went out while no other was open. */
  respondedAfter(ms: number): void;
  /** Bytes per second while requests are open; null until it has been measured. */
  rate(): number | null;
  /** The rate to plan with: what was measured long ago may be too little by now, which shows once something is asked for. */
  likelyRate(now: number): number | null;
  /** From a request to its first piece. */
  latencyMs(): number;
  /** How long its rate has been measured. */
  measuredMs(): number;
  /** Pieces that should be outstanding: a bandwidth-delay product and a little. */
  target(): number;
  /** Pieces that one request asks for. */
  runLength(): number;
  /** Whether less comes than its own rate lets expect. */
  isSuspect(now: number): boolean;
  /** Whether it is to be given up. */
  isStalled(now: number): boolean;
}

export function createHealth(): Health {
  let rate: number | null = null;
  let latency: number | null = null;
  let bytes = 0;
  /** Of the sample under way; null while no request is open. */
  let since: number | null = null;
  let sampled = 0;
  let measured = 0;
  let heardAt = 0;
  let restsSince = 0;
  /** How long a piece took when something came last: the rate of a source that falls silent says less and less. */
  let expectedMs: number | null = null;
  /** How long nothing had come when its last request ended. */
  let silence = 0;

  const sample = (now: number) => {
    if (since === null) return;
    const elapsed = now - since;
    if (elapsed < RATE_SAMPLE_MS || (rate === null && sampled === 0)) return;
    const current = (sampled / elapsed) * 1_000;
    measured += elapsed;
    // At first all that has been measured counts alike: one sample alone says little.
    const weight = Math.max(1 - Math.exp(-elapsed / RATE_TIME_MS), elapsed / measured);
    rate = rate === null ? current : rate + weight * (current - rate);
    since = now;
    sampled = 0;
  };
  const latencyMs = () => latency ?? ASSUMED_LATENCY_MS;
  const waited = (now: number) => silence + (since === null ? 0 : now - heardAt);
  const target = () => {
    if (rate === null) return MIN_SOURCE_PIECES;
    const pieces = Math.ceil((rate * (latencyMs() + SLACK_MS)) / 1_000 / PIECE_SIZE);
    return Math.min(MAX_SOURCE_PIECES, Math.max(MIN_SOURCE_PIECES, pieces));
  };

  return {
    begins(now) {
      since = now;
      sampled = 0;
      heardAt = now;
    },
    rests(now) {
      sample(now);
      silence = waited(now);
      since = null;
      restsSince = now;
    },
    progress(totalBytes, now) {
      if (totalBytes > bytes) {
        heardAt = now;
        silence = 0;
      }
      if (since !== null) sampled += totalBytes - bytes;
      const isHeard = totalBytes > bytes;
      bytes = totalBytes;
      sample(now);
      if (isHeard && rate !== null) expectedMs = latencyMs() + (PIECE_SIZE / Math.max(1, rate)) * 1_000;
    },
    respondedAfter(ms) {
      latency = Math.min(MAX_LATENCY_MS, latency === null ? ms : Math.min(ms, latency * 1.1));
    },
    rate: () => rate,
    likelyRate: (now) =>
      rate === null || since !== null ? rate : rate * 2 ** ((now - restsSince) / PROBE_MS),
    latencyMs,
    measuredMs: () => measured,
    target,
    runLength: () => Math.min(MAX_RUN_PIECES, Math.max(1, Math.floor(target() / 4))),
    isSuspect: (now) =>
      waited(now) >
      (expectedMs === null
        ? SUSPECT_MAX_MS
        : clamp(SUSPECT_FACTOR * expectedMs, SUSPECT_MIN_MS, SUSPECT_MAX_MS)),
    isStalled: (now) =>
      waited(now) >
      (expectedMs === null ? STALL_MIN_MS : clamp(STALL_FACTOR * expectedMs, STALL_MIN_MS, STALL_MAX_MS)),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
