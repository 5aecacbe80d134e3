import { createUpstream as createHttpUpstream } from '@giggityflix/http/upstream';
import { BreakerOpenError, type Logger, UnavailableError } from '@giggityflix/kernel';

/** How long a service that failed is left alone before one call probes it, in milliseconds. */
const BREAKER_OPEN_MS = 5_000;
const BREAKER = { failures: 5, openMs: BREAKER_OPEN_MS };
/** One retry for ten calls, and ten saved up; a single call has none left once it has opened the breaker. */
const RETRY = { most: 4, delayMs: 0, budget: { ratio: 0.1, reserve: 10, most: 10 } };
/** Largest answer that is read, in bytes. */
const MAX_ANSWER_BYTES = 262_144;
const CONNECTIONS = 32;

export interface UpstreamConfig {
  url: string;
  /** Bearer token presented to it; none when omitted. */
  token?: string;
  /** How long one attempt may take, in milliseconds. */
  timeoutMs: number;
}

export interface Upstream {
  /**
   * POSTs JSON and reads JSON. Connection failures and 5xx answers are retried within the budget.
   * @throws UnavailableError when there is no usable answer, at once while the breaker is open.
   */
  post(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** A service that viewing asks, on the platform's HTTP client. */
export function createUpstream(options: {
  name: string;
  config: UpstreamConfig;
  logger: Logger;
  onState?(state: string): void;
}): Upstream {
  const { name, config, logger } = options;
  const base = `${config.url.replace(/\/+$/, '')}/`;
  const upstream = createHttpUpstream({
    url: base,
    timeoutMs: config.timeoutMs,
    exchangeMs: config.timeoutMs,
    connections: CONNECTIONS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    breaker: BREAKER,
    retry: RETRY,
    isFailure: (status) => status >= 500,
    onState: (state) => {
      logger.warn({ upstream: name, state }, 'circuit breaker');
      options.onState?.(state);
    },
  });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(config.token && { authorization: `Bearer ${config.token}` }),
  };
  return {
    async post(path, body) {
      const { pathname, search } = new URL(path, base);
      const outcome = await upstream.post({
        path: `${pathname}${search}`,
        headers,
        body: JSON.stringify(body),
        idempotent: true,
      });
      if (outcome.kind === 'answered')
        return { status: outcome.answer.status, body: parseJson(outcome.answer.text) };
      throw new UnavailableError(name, {
        cause:
          outcome.kind === 'failed' ? outcome.error : new BreakerOpenError('the circuit breaker is open'),
        retryAfterSeconds: Math.ceil(BREAKER_OPEN_MS / 1_000),
      });
    },
    close: () => upstream.close(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
