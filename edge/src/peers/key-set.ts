import type { Logger } from '@giggityflix/kernel';
import { z } from 'zod';
import type { EdgeMetrics } from '../metrics.ts';
import { getText } from './get-text.ts';

/** How long a fetch may take. */
const FETCH_TIMEOUT_MS = 3_000;
/** A fetch on a peer's request is not repeated within this time, however many peers ask. */
const MIN_FETCH_GAP_MS = 1_000;
/** Delays while no key set could be fetched yet. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** Largest document taken; a handful of keys needs a few kilobytes. */
const MAX_DOCUMENT_CHARACTERS = 65_536;

const jsonWebKeySet = z.object({
  keys: z
    .array(
      z
        .looseObject({ kty: z.string(), kid: z.string().optional() })
        .refine((key) => !('d' in key) && key.kty !== 'oct', 'a key set holds public keys only'),
    )
    .max(100),
});

export interface KeySetConfig {
  url: string;
  refreshMs: number;
}

/**
 * The playback key set, kept fresh for peers: fetched at start, tried again until it is there (the
 * viewing service may start later), refreshed on a timer and when a peer receives a token of an unknown key.
 */
export function createKeySet(
  config: KeySetConfig,
  deps: { logger: Logger; metrics: EdgeMetrics; onChange(jwks: string): void },
) {
  let jwks: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stopped = true;
  let retryMs = FIRST_RETRY_MS;
  let lastFetchAt = 0;
  let inFlight: Promise<void> | null = null;

  const fetchOnce = async (): Promise<void> => {
    lastFetchAt = Date.now();
    try {
      const text = await getText(config.url, {
        timeoutMs: FETCH_TIMEOUT_MS,
        maxCharacters: MAX_DOCUMENT_CHARACTERS,
      });
      const fetched = JSON.stringify(jsonWebKeySet.parse(JSON.parse(text)));
      deps.metrics.keySetFetches.inc({ outcome: 'ok' });
      retryMs = FIRST_RETRY_MS;
      if (fetched === jwks || stopped) return;
      jwks = fetched;
      deps.logger.info('playback key set fetched');
      deps.onChange(fetched);
    } catch (error) {
      deps.metrics.keySetFetches.inc({ outcome: 'failed' });
      deps.logger.debug({ err: error }, 'the playback key set could not be fetched');
    }
  };
  const refresh = (): Promise<void> => {
    inFlight ??= fetchOnce().finally(() => {
      inFlight = null;
    });
    return inFlight;
  };
  const loop = async (): Promise<void> => {
    await refresh();
    if (stopped) return;
    const delay = jwks === null ? retryMs : config.refreshMs;
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
    timer = setTimeout(() => void loop(), delay);
    timer.unref();
  };

  return {
    /** The set as JSON; null until it could be fetched. */
    current: (): string | null => jwks,
    /** Fetches again unless that has just been done, and returns the newest set there is. */
    async refreshed(): Promise<string | null> {
      if (Date.now() - lastFetchAt >= MIN_FETCH_GAP_MS) await refresh();
      else await inFlight;
      return jwks;
    },
    /** Begins fetching and does not wait for it. */
    start(): void {
      stopped = false;
      void loop();
    },
    stop(): void {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
