import type { Identity } from './identity.ts';
import type { Revocations } from './revocations.ts';

/** The longest delay of `setTimeout`, in milliseconds; it is 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls `then` when credentials expire or are taken back; those of a visitor without any never do. Returns what cancels it.
 */
export function atEnd(
  identity: Identity | null,
  revocations: Pick<Revocations, 'watch'> | undefined,
  then: () => void,
): () => void {
  if (identity === null) return () => {};
  let timer: NodeJS.Timeout | undefined;
  const { expiresAt } = identity;
  const wait = (end: number) => {
    const left = Math.max(0, end - Date.now());
    timer = setTimeout(
      () => (left > MAX_TIMER_MS ? wait(end) : then()),
      Math.min(MAX_TIMER_MS, left),
    ).unref();
  };
  if (expiresAt !== null) wait(expiresAt);
  const unwatch = revocations?.watch(identity, () => {
    clearTimeout(timer);
    then();
  });
  return () => {
    clearTimeout(timer);
    unwatch?.();
  };
}
