import type { Logger, Part } from '@giggityflix/kernel';
import type { Stores } from './stores.ts';

const EVERY_MS = 10 * 60_000;
/** Longer than any lock, and than what is remembered of failures. */
const FAILURES_MS = 24 * 3_600_000;

/** Removes what is over: expired codes and tokens, failed sign-ins, old entries of the audit log. */
export function createSweeper(stores: Stores, options: { auditMs: number; logger: Logger }): Part {
  let timer: NodeJS.Timeout | undefined;
  const sweep = async () => {
    const now = Date.now();
    await stores.records.prune(now);
    await stores.failures.prune(now - FAILURES_MS);
    await stores.audit.prune(new Date(now - options.auditMs));
  };
  return {
    async start() {
      timer = setInterval(() => {
        sweep().catch((err: unknown) => options.logger.warn({ err }, 'what is over could not be removed'));
      }, EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
