import { createLogger, READY, type Service } from '@giggityflix/kernel';
import { expect, it } from 'vitest';
import { createHistoryKeeper } from './keeper.ts';

it('lets the service start without its history, and opens it once it can', async () => {
  let isThere = false;
  const calls: string[] = [];
  const part = (name: string): Service => ({
    async start() {
      if (!isThere) throw new Error('the database is unavailable');
      calls.push(`start ${name}`);
    },
    stop: async () => void calls.push(`stop ${name}`),
    ready: () => READY,
  });
  const keeper = createHistoryKeeper({
    history: part('history'),
    recorder: part('recorder'),
    logger: createLogger({ service: 'test', level: 'silent' }),
    retryMs: 10,
  });
  await keeper.start();
  expect(await keeper.ready()).toEqual(READY);
  expect(calls).toEqual(['stop history']);
  isThere = true;
  await expect.poll(() => calls.slice(-2)).toEqual(['start history', 'start recorder']);
  await keeper.stop();
  expect(calls.slice(-2)).toEqual(['stop recorder', 'stop history']);
});
