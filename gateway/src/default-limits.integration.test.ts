import { describe, expect, it } from 'vitest';
import { post } from '../testing/gateway.ts';
import { serveFilms } from '../testing/served.ts';
import { readEnvironment } from './environment.ts';

describe('the limits a gateway starts with', () => {
  const served = serveFilms({ limits: readEnvironment({}).gateway.limits });

  it('let one user with many tabs start 500 queries in quick succession', async () => {
    const statuses = new Map<number, number>();
    const tab = async () => {
      for (let n = 0; n < 25; n++) {
        const { status } = await post(served.gateway.url(), '{ titles(first: 1) { name } }');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 20 }, tab));
    expect([...statuses]).toEqual([[200, 500]]);
  });
});
