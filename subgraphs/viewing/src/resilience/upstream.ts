import {
  type Breaker,
  BreakerOpenError,
  createBreaker,
  createRetryBudget,
  type Logger,
  UnavailableError,
} from '@giggityflix/kernel';
import { Agent, request } from 'undici';

/** Failures in a row after which a service is spared. */
const BREAKER_FAILURES = 5;
/** How long it is spared before one call probes, in milliseconds. */
const BREAKER_OPEN_MS = 5_000;
/** One retry for ten calls, and ten saved up. */
const RETRY_BUDGET = { ratio: 0.1, reserve: 10, most: 10 };
/** Largest answer that is read, in bytes. */
const MAX_RESPONSE_BYTES = 262_144;
const CONNECTIONS = 32;

export interface UpstreamConfig {
  url: string;
  /** Bearer token presented to it; none when omitted. */
  token?: string;
  /** How long one attempt may take, in milliseconds. */
  timeoutMs: number;
}

export interface Upstream {
  readonly breaker: Breaker;
  /**
   * POSTs JSON and reads JSON. Time-outs, connection failures and 5xx answers are retried within the budget.
   * @throws UnavailableError when there is no usable answer, at once while the breaker is open.
   */
  post(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** An HTTP client for one other service: time-out, bounded retries, circuit breaker. */
export function createUpstream(options: {
  name: string;
  config: UpstreamConfig;
  logger: Logger;
  onState?(state: string): void;
}): Upstream {
  const { name, config, logger } = options;
  const agent = new Agent({
    connections: CONNECTIONS,
    connect: { timeout: config.timeoutMs },
    headersTimeout: config.timeoutMs,
    bodyTimeout: config.timeoutMs,
    maxResponseSize: MAX_RESPONSE_BYTES,
  });
  const budget = createRetryBudget(RETRY_BUDGET);
  const breaker = createBreaker({
    failures: BREAKER_FAILURES,
    openMs: BREAKER_OPEN_MS,
    onChange: (state) => {
      logger.warn({ upstream: name, state }, 'circuit breaker');
      options.onState?.(state);
    },
  });
  const attempt = async (path: string, body: unknown) => {
    const response = await request(new URL(path, `${config.url.replace(/\/+$/, '')}/`), {
      method: 'POST',
      dispatcher: agent,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(config.token ? { authorization: `Bearer ${config.token}` } : {}),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(config.timeoutMs),
    });
    const text = await response.body.text();
    if (response.statusCode >= 500) throw new Error(`${name} answered ${response.statusCode}`);
    return { status: response.statusCode, body: parseJson(text) };
  };
  return {
    breaker,
    async post(path, body) {
      budget.earn();
      for (;;) {
        try {
          return await breaker.run(() => attempt(path, body));
        } catch (error) {
          const mayRetry = !(error instanceof BreakerOpenError) && !isTimeout(error) && budget.spend();
          if (!mayRetry)
            throw new UnavailableError(name, {
              cause: error,
              retryAfterSeconds: Math.ceil(BREAKER_OPEN_MS / 1_000),
            });
        }
      }
    },
    close: () => agent.close(),
  };
}

/** A caller that has already waited for a whole time-out is not made to wait for another. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
