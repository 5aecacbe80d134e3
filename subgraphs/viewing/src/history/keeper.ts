import { type Logger, READY, type Service } from '@giggityflix/kernel';

/** How long to wait before opening the history again, in milliseconds. */
const RETRY_MS = 5_000;

/**
 * Keeps the history open and recorded. Playback does not depend on it: while its database is unavailable sessions go on,
 * their events wait on the bus, and only reads of the history are refused.
 */
export function createHistoryKeeper(deps: {
  history: Service;
  recorder: Service;
  logger: Logger;
  retryMs?: number;
}): Service {
  const { history, recorder, logger } = deps;
  let timer: NodeJS.Timeout | undefined;
  let opening: Promise<void> = Promise.resolve();
  let stopped = false;
  const open = async () => {
    try {
      await history.start();
      await recorder.start();
    } catch (error) {
      logger.error({ err: error }, 'the watch history cannot be opened; playback goes on without it');
      await history.stop().catch(() => {});
      if (!stopped)
        timer = setTimeout(() => {
          opening = open();
        }, deps.retryMs ?? RETRY_MS);
    }
  };
  return {
    async start() {
      opening = open();
      await opening;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await opening;
      await recorder.stop();
      await history.stop();
    },
    ready: () => READY,
  };
}
