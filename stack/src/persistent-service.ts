import {
  explainStartFailure,
  type Logger,
  notReady,
  type Readiness,
  retryDelayMs,
  type Service,
} from '@giggityflix/kernel';

const RETRY = {
  maxRetries: Number.POSITIVE_INFINITY,
  initialDelayMs: 500,
  maxDelayMs: 10_000,
  jitterFactor: 0.1,
};

/**
 * A service that does not take its neighbours down when it cannot start (its port is taken, its file is
 * unreadable): it says why, once for each reason, and tries again with a fresh instance until it can. Its `start`
 * resolves after the first attempt, whatever came of it; `ready` gives the reason.
 */
export function createPersistentService(
  name: string,
  create: () => Promise<Service> | Service,
  logger: Logger,
): Service {
  let running: Service | null = null;
  let reason = 'starting';
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const attempt = async (count: number): Promise<void> => {
    let service: Service | null = null;
    try {
      service = await create();
      await service.start();
      running = service;
      if (stopped) await service.stop();
      else if (count > 1) logger.info(`${name} is up`);
    } catch (error) {
      await service?.stop().catch(() => {});
      const explained = explainStartFailure(error);
      if (explained !== reason) logger.error(`${name} cannot start: ${explained}; trying again until it can`);
      reason = explained;
      if (!stopped)
        timer = setTimeout(() => void attempt(count + 1), retryDelayMs(RETRY, Math.min(count, 10)));
    }
  };

  return {
    start: () => attempt(1),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running?.stop();
    },
    async ready(): Promise<Readiness> {
      const readiness = running ? await running.ready() : notReady(reason);
      return readiness.ready ? readiness : notReady(`${name}: ${readiness.reason}`);
    },
  };
}
