import { notReady, READY, type Readiness } from '@giggityflix/kernel';
import { describe, expect, it } from 'vitest';
import { createRecordedBus } from '../testing/bus.ts';
import { startEdge } from '../testing/edge.ts';

/** An edge on a bus whose two answers come once both were asked for. */
async function readinessWhen(answers: { check?: () => Promise<void>; ready?: () => Promise<Readiness> }) {
  const { check = async () => {}, ready = async () => READY } = answers;
  const checked = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const bus = {
    ...createRecordedBus(),
    async check() {
      checked.resolve();
      await asked.promise;
      return check();
    },
    async ready() {
      asked.resolve();
      await checked.promise;
      return ready();
    },
  };
  await using running = await startEdge({}, { bus });
  return running.edge.ready();
}

const fail = async () => {
  throw new Error('no brokers');
};

describe('the readiness of an edge', () => {
  it('is asked of the bus and of its consumers at once', async () => {
    expect(await readinessWhen({})).toEqual(READY);
    expect(await readinessWhen({ ready: async () => notReady('a consumer is down') })).toEqual(
      notReady('a consumer is down'),
    );
  });

  it('names the bus first where that cannot be reached', async () => {
    const unreachable = notReady('the bus cannot be reached: no brokers');
    expect(await readinessWhen({ check: fail, ready: async () => notReady('a consumer is down') })).toEqual(
      unreachable,
    );
    expect(await readinessWhen({ check: fail, ready: fail })).toEqual(unreachable);
  });
});
