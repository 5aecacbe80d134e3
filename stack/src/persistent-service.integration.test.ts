import { createLogger, READY, type Service } from '@giggityflix/kernel';
import { describe, expect, it } from 'vitest';
import { createPersistentService } from './persistent-service.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

function serviceThat(start: () => Promise<void>, stop: () => void = () => {}): Service {
  return { start, stop: async () => stop(), ready: () => READY };
}

describe('a persistent service', () => {
  it('reports why it is not running, and comes up once it can', async () => {
    let taken = true;
    const service = createPersistentService(
      'viewing',
      () =>
        serviceThat(async () => {
          if (taken)
            throw Object.assign(new Error('listen'), {
              code: 'EADDRINUSE',
              port: 8080,
              address: '127.0.0.1',
            });
        }),
      logger,
    );
    await service.start();
    expect(await service.ready()).toEqual({
      ready: false,
      reason: 'viewing: port 8080 is already in use on 127.0.0.1',
    });
    taken = false;
    await expect.poll(() => service.ready()).toEqual({ ready: true });
    await service.stop();
  });

  it('does not come up after it was stopped', async () => {
    let attempts = 0;
    const service = createPersistentService(
      'viewing',
      () =>
        serviceThat(async () => {
          attempts += 1;
          throw new Error('no');
        }),
      logger,
    );
    await service.start();
    await service.stop();
    expect(attempts).toBe(1);
  });

  it('stops what it started', async () => {
    let stops = 0;
    const service = createPersistentService(
      'viewing',
      () =>
        serviceThat(
          async () => {},
          () => (stops += 1),
        ),
      logger,
    );
    await service.start();
    await service.stop();
    expect(stops).toBe(1);
  });
});
