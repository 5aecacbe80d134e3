import { createLogger } from '@giggityflix/kernel';
import { expect, it } from 'vitest';
import { createPostgresqlIndex } from './postgresql-index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
/** Prepares an index where the database fails so; the limits of its transaction. */
async function prepare(failure: Error) {
  const limits: unknown[] = [];
  const client = {
    async $transaction(_work: unknown, limit: unknown) {
      limits.push(limit);
      throw failure;
    },
  };
  await createPostgresqlIndex(logger).prepare({ client } as never);
  return limits;
}

it('does without trigrams where the database has none, and waits for others that make them', async () => {
  const refused = new Error('extension "pg_trgm" is not available');
  expect(await prepare(refused)).toEqual([{ timeout: 30_000, maxWait: 30_000 }]);
});

it('does not start without trigrams because the database is away', async () => {
  const away = Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' });
  await expect(prepare(away)).rejects.toBe(away);
});
