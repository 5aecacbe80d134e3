/** What a viewer is ready to take: it grants totals, the sender spends. */
export interface Credit {
  /** Totals only grow; a smaller one changes nothing. */
  grant(totalBytes: number): void;
  /** Resolves once `bytes` more have been granted. @throws the signal's reason when it is aborted first. */
  spend(bytes: number, signal: AbortSignal): Promise<void>;
}

/** For one sender that spends one amount at a time. */
export function createCredit(): Credit {
  let granted = 0;
  let spent = 0;
  let wake: (() => void) | null = null;

  const change = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      wake = () => {
        signal.removeEventListener('abort', wake as () => void);
        wake = null;
        resolve();
      };
      signal.addEventListener('abort', wake);
    });

  return {
    grant(totalBytes) {
      granted = Math.max(granted, totalBytes);
      wake?.();
    },
    async spend(bytes, signal) {
      signal.throwIfAborted();
      while (granted - spent < bytes) {
        await change(signal);
        signal.throwIfAborted();
      }
      spent += bytes;
    },
  };
}
