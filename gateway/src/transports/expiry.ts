/** The longest delay of `setTimeout`, in milliseconds; it is 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls `then` when credentials expire, at `expiresAt` in milliseconds since 1970; null and undefined never do.
 * Returns what cancels it.
 */
export function atExpiry(expiresAt: number | null | undefined, then: () => void): () => void {
  if (expiresAt === null || expiresAt === undefined) return () => {};
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = Math.max(0, expiresAt - Date.now());
    timer = setTimeout(() => (left > MAX_TIMER_MS ? wait() : then()), Math.min(MAX_TIMER_MS, left)).unref();
  };
  wait();
  return () => clearTimeout(timer);
}
