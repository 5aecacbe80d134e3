import { Pool } from 'undici';
import { BROWSE } from './graph.ts';
import type { Contender } from './process.ts';

const CONNECTIONS = 16;
const WARM_UP = 1_500;
const MEASURED = 3_000;

/** CPU milliseconds of the gateway per request of `first` titles; `distinct` gives each request its own page. */
export async function cpuPerRequest(
  gateway: Contender,
  options: { first: number; distinct: boolean },
): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${gateway.port}`, { connections: CONNECTIONS });
  let sent = 0;
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const one = async () => {
    const after = options.distinct ? `p${sent++}-` : 'p';
    const body = JSON.stringify({ query: BROWSE, variables: { first: options.first, after } });
    const answer = await pool.request({ method: 'POST', path: '/graphql', headers, body });
    const text = await answer.body.text();
    if (!text.includes('"progress":{"positionSeconds"'))
      throw new Error(`unexpected answer: ${text.slice(0, 300)}`);
  };
  const run = async (count: number) => {
    let left = count;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (left-- > 0) await one();
      }),
    );
  };
  await run(WARM_UP);
  const before = await gateway.cost();
  await run(MEASURED);
  const after = await gateway.cost();
  await pool.close();
  return (after.cpuMs - before.cpuMs) / MEASURED;
}
