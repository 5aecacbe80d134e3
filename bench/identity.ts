// cspell:ignore signins
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startPostgres } from '@giggityflix/testing/processes';
import { createPasswords } from '../subgraphs/identity/src/credentials/passwords.ts';
import { composeFor } from './gateway/graph.ts';
import { type Contender, message, start } from './gateway/process.ts';
import { PASSWORD } from './identity/person.ts';
import { measureVerified } from './identity/verified.ts';
import { type BenchRow, row } from './row.ts';

const PEOPLE = 64;
/** Rates a minute of the load, and for how many seconds each side is measured. */
export const options = { signins: 1_000, refreshes: 20_000, seconds: 20 };

/** Verified requests at the gateway with people signing in and refreshing their tokens at identity, beside those without. */
export default async function identity(chosen: typeof options): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'identity-bench-'));
  const supergraph = join(directory, 'supergraph.graphql');
  const postgres = await startPostgres();
  const started: Contender[] = [];
  const begin = async (...given: Parameters<typeof start>) => {
    const contender = await start(...given);
    started.push(contender);
    return contender;
  };
  try {
    const subgraphs = await begin('subgraphs.ts');
    writeFileSync(supergraph, await composeFor(`http://127.0.0.1:${subgraphs.port}`));
    const [port] = (await freePorts(1)) as [number];
    process.env.BENCH_BUS_PATH = join(directory, 'bus.db');
    const hash = await createPasswords().hash(PASSWORD);
    const service = await begin('../identity/server.ts', [
      `${postgres.url}/postgres`,
      String(port),
      String(PEOPLE),
      hash,
    ]);
    const load = fork(
      join(import.meta.dirname, 'identity/load.ts'),
      [port, PEOPLE, chosen.signins, chosen.refreshes].map(String),
      { execArgv: ['--no-warnings'] },
    );
    try {
      const { token } = await message<{ token: string }>(load, 'listening');
      const gateway = await begin('../identity/gateway.ts', [supergraph, `http://localhost:${port}`]);
      return await compare({ gateway, service, load, token, seconds: chosen.seconds });
    } finally {
      load.kill();
    }
  } finally {
    for (const contender of started) contender.stop();
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Sides {
  gateway: Contender;
  service: Contender;
  load: ReturnType<typeof fork>;
  token: string;
  seconds: number;
}

async function compare({ gateway, service, load, token, seconds }: Sides): Promise<BenchRow[]> {
  const measured = () => measureVerified(gateway, { token, seconds });
  await measureVerified(gateway, { token, seconds: 10 });
  const before = await measured();
  const idle = await service.cost();
  load.send('start');
  const from = performance.now();
  const during = await measured();
  const done = message<{ signIns: number; refreshes: number; failed: number; longestMs: number }>(
    load,
    'done',
  );
  load.send('stop');
  const counts = await done;
  const minutes = (performance.now() - from) / 60_000;
  const busy = await service.cost();
  const after = await measured();
  const without = (one: 'perCpuSecond' | 'p50Ms' | 'p99Ms') => ({
    name: 'without the load',
    value: (before[one] + after[one]) / 2,
  });
  return [
    row(
      'verified requests per CPU second, with the load',
      'requests/s',
      during.perCpuSecond,
      without('perCpuSecond'),
    ),
    row('verified requests, p50, with the load', 'ms', during.p50Ms, without('p50Ms')),
    row('verified requests, p99, with the load', 'ms', during.p99Ms, without('p99Ms')),
    row('sign-ins', 'a minute', counts.signIns / minutes),
    row('token refreshes', 'a minute', counts.refreshes / minutes),
    row('sign-ins and refreshes that failed', '', counts.failed),
    row('longest sign-in or refresh', 'ms', counts.longestMs),
    row('CPU of identity', 'cores', (busy.cpuMs - idle.cpuMs) / (minutes * 60_000)),
    row('memory of identity, before the load', 'bytes', idle.bytes),
    row('memory of identity, after the load', 'bytes', busy.bytes),
  ];
}
