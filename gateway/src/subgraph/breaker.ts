/** Keeps requests from a subgraph that does not answer, so that others do not wait for its timeouts. */
export interface Breaker {
  /** Whether a request may go now; while open, one probe at a time may. */
  allow(): boolean;
  succeeded(): void;
  failed(): void;
  readonly state: 'closed' | 'open' | 'half-open';
}

/** Failures in a row that open the breaker: fewer could be one lost connection's requests. */
const FAILURES_TO_OPEN = 8;
/** How long it stays open: a restarted subgraph must be used again within a second. */
const OPEN_MS = 300;

export function createBreaker(now: () => number = Date.now): Breaker {
  let failures = 0;
  let openUntil = 0;
  let probing = false;
  const isOpen = () => failures >= FAILURES_TO_OPEN;
  return {
    get state() {
      if (!isOpen()) return 'closed';
      return now() < openUntil ? 'open' : 'half-open';
    },
    allow() {
      if (!isOpen()) return true;
      if (now() < openUntil || probing) return false;
      probing = true;
      return true;
    },
    succeeded() {
      failures = 0;
      probing = false;
    },
    failed() {
      failures += 1;
      probing = false;
      if (isOpen()) openUntil = now() + OPEN_MS;
    },
  };
}
