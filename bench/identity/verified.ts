import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { BROWSE } from '../gateway/graph.ts';
import type { Contender } from '../gateway/process.ts';
import { percentile } from '../row.ts';

const CONNECTIONS = 16;
/** Requests a second: what the gateway answers with a part of a core, so that the load has room beside it. */
const PER_SECOND = 200;

/** What requests with a token cost the gateway, at a steady rate. */
export async function measureVerified(
  gateway: Contender,
  { token, seconds }: { token: string; seconds: number },
): Promise<{ perCpuSecond: number; p50Ms: number; p99Ms: number }> {
  const pool = new Pool(`http://127.0.0.1:${gateway.port}`, { connections: CONNECTIONS });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    authorization: `Bearer ${token}`,
  };
  const times: number[] = [];
  const one = async (n: number) => {
    const from = performance.now();
    const body = JSON.stringify({ query: BROWSE, variables: { first: 20, after: `p${n}-` } });
    const answer = await pool.request({ method: 'POST', path: '/graphql', headers, body });
    const text = await answer.body.text();
    if (!text.includes('"progress":{"positionSeconds"'))
      throw new Error(`unexpected answer: ${text.slice(0, 300)}`);
    times.push(performance.now() - from);
  };
  const before = await gateway.cost();
  const from = performance.now();
  const sent: Promise<void>[] = [];
  while (performance.now() - from < seconds * 1_000) {
    const due = ((performance.now() - from) * PER_SECOND) / 1_000;
    while (sent.length < due) sent.push(one(sent.length));
    await sleep(5);
  }
  await Promise.all(sent);
  const after = await gateway.cost();
  await pool.close();
  return {
    perCpuSecond: times.length / ((after.cpuMs - before.cpuMs) / 1_000),
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
  };
}
