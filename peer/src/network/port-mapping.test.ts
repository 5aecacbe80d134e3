import { describe, expect, it } from 'vitest';
import { silent } from '../../testing/harness.ts';
import { createPortMapping, type FindRouters } from './port-mapping.ts';

interface FakeRouter {
  stopped: boolean;
  find: FindRouters;
}

function fakeRouter(map: (port: number) => unknown): FakeRouter {
  const router = {
    stopped: false,
    find: (() => ({
      async *findGateways() {
        yield {
          async *mapAll(port: number) {
            yield map(port);
          },
          async stop() {
            router.stopped = true;
          },
        };
      },
    })) as unknown as FindRouters,
  };
  return router;
}

describe('port mapping', () => {
  it('asks the router for each port and gives them back at the end', async () => {
    const router = fakeRouter((port) => ({
      internalPort: port,
      externalHost: '203.0.113.7',
      externalPort: port,
    }));
    const mapping = createPortMapping(
      { enabled: true, ports: [50_200, 50_201] },
      { logger: silent, gateway: () => null, findRouters: router.find },
    );
    await mapping.start();
    await expect.poll(() => mapping.status().state).toBe('mapped');
    expect(mapping.status().mapped.map(({ internalPort }) => internalPort)).toEqual([50_200, 50_201]);
    await mapping.stop();
    expect(router.stopped).toBe(true);
  });

  it('lives with a router that refuses, and with none', async () => {
    const refusing = fakeRouter(() => {
      throw new Error('not authorized');
    });
    const mapping = createPortMapping(
      { enabled: true, ports: [50_200] },
      { logger: silent, gateway: () => null, findRouters: refusing.find },
    );
    await mapping.start();
    await expect.poll(() => mapping.status()).toMatchObject({ state: 'none', reason: 'not authorized' });
    await mapping.stop();
  });

  it('does nothing when it is switched off or there is no port to map', async () => {
    for (const config of [
      { enabled: false, ports: [50_200] },
      { enabled: true, ports: [] },
    ]) {
      const mapping = createPortMapping(config, { logger: silent });
      await mapping.start();
      expect(mapping.status().state).toBe('off');
      await mapping.stop();
    }
  });

  it('never delays the start, and stops while it searches', async () => {
    const endless = (() => ({
      async *findGateways({ signal }: { signal: AbortSignal }) {
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('aborted'))),
        );
      },
    })) as unknown as FindRouters;
    const mapping = createPortMapping(
      { enabled: true, ports: [50_200] },
      { logger: silent, gateway: () => null, findRouters: endless },
    );
    await mapping.start();
    expect(mapping.status().state).toBe('searching');
    await mapping.stop();
  });
});
