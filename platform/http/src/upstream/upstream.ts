import { type BreakerState, createBreaker, createRetryBudget } from '@giggityflix/kernel';
import {
  createTransport,
  type HttpAnswer,
  type HttpRequest,
  TransportError,
  type TransportOptions,
} from './transport.ts';

export interface UpstreamOptions extends TransportOptions {
  /** Failures in a row after which it is not called, and for how long then, in milliseconds. */
  breaker: { failures: number; openMs: number };
  retry: {
    /** Most retries of one request. */
    most: number;
    /** The pause before each, in milliseconds, jittered by half. */
    delayMs: number;
    /** Bounds the retries of all requests together: see {@link createRetryBudget}. */
    budget: { ratio: number; reserve: number; most: number };
  };
  /** Answers by which the other side says that it, or something behind it, is in trouble. */
  isFailure(status: number): boolean;
  onState?(state: BreakerState): void;
}

export interface UpstreamRequest extends HttpRequest {
  /** Whether it may be sent again when the other side may have begun it. */
  idempotent: boolean;
  onRetry?(): void;
}

export type UpstreamOutcome =
  | { kind: 'answered'; answer: HttpAnswer }
  /** Not sent: the circuit breaker is open. */
  | { kind: 'refused' }
  | { kind: 'failed'; error: TransportError };

/** An HTTP client for one other service: time-outs, retries within a budget, circuit breaker. */
export interface Upstream {
  /** Never rejects. What timed out is not sent again: its caller has waited long enough. */
  post(request: UpstreamRequest): Promise<UpstreamOutcome>;
  /** One attempt, whatever the circuit breaker says, which learns nothing of it. @throws TransportError */
  probe(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/**
 * The budget is ours because undici's retries (as cockatiel's) are counted for each request alone, which multiplies the
 * load on a service in trouble.
 */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { retry } = options;
  const transport = createTransport(options);
  const breaker = createBreaker({
    ...options.breaker,
    ...(options.onState && { onChange: options.onState }),
  });
  const budget = createRetryBudget(retry.budget);

  const attempt = async (request: HttpRequest): Promise<HttpAnswer> => {
    const answer = await transport.post(request);
    if (options.isFailure(answer.status))
      throw new TransportError(`it answered ${answer.status}`, { sent: true, timedOut: false, answer });
    return answer;
  };

  return {
    async post(request) {
      if (!breaker.allow()) return { kind: 'refused' };
      budget.earn();
      for (let retries = 0; ; retries++) {
        try {
          const answer = await attempt(request);
          breaker.succeeded();
          return { kind: 'answered', answer };
        } catch (thrown) {
          const error = thrown as TransportError;
          if (error.final) {
            // It is alive, and only what was asked for cannot be had.
            breaker.succeeded();
            return { kind: 'failed', error };
          }
          breaker.failed();
          const retriable = retries < retry.most && !error.timedOut && (request.idempotent || !error.sent);
          if (!retriable || breaker.state !== 'closed' || !budget.spend()) return { kind: 'failed', error };
          request.onRetry?.();
          if (retry.delayMs > 0) await pause(retry.delayMs * (0.5 + Math.random()));
        }
      }
    },
    probe: (request) => transport.post(request),
    close: () => transport.close(),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
