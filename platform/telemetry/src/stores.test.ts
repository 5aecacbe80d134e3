import { notReady, READY } from '@giggityflix/kernel';
import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';
import { reportStores } from './stores.ts';

it('reports which stores can be used, those that do not answer as down', async () => {
  const registry = createMetrics('test', { processMetrics: false });
  reportStores(registry, {
    well: { ready: () => READY },
    down: { ready: async () => notReady('it is down') },
    broken: { ready: () => Promise.reject(new Error('it broke')) },
    hanging: { ready: () => new Promise(() => {}) },
  });
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('store_up'));
  const values = lines.map((line) => [/store="(\w+)"/.exec(line)?.[1], line.at(-1)]);
  expect(Object.fromEntries(values)).toEqual({ well: '1', down: '0', broken: '0', hanging: '0' });
});
