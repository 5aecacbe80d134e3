import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emitThrough, measureFanOut, SUBSCRIBERS } from './gateway/fan-out.ts';
import { composeFor } from './gateway/graph.ts';
import { startHive } from './gateway/hive.ts';
import { type Contender, start } from './gateway/process.ts';
import { cpuPerRequest } from './gateway/requests.ts';
import { type BenchRow, row } from './row.ts';

/** The gateway beside Apollo's and Hive's (processor time per request), and beside bare `ws` (subscriptions). */
export default async function gateway(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
  const supergraph = join(directory, 'supergraph.graphql');
  const subgraphs = await start('subgraphs.ts');
  try {
    const url = `http://127.0.0.1:${subgraphs.port}`;
    writeFileSync(supergraph, await composeFor(url));
    const restricted = join(directory, 'restricted.graphql');
    writeFileSync(restricted, await composeFor(url, { restricted: true }));
    return [
      ...(await requests(supergraph)),
      await authorization(supergraph, restricted),
      ...(await subscriptions(supergraph, subgraphs)),
    ];
  } finally {
    subgraphs.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function requests(supergraph: string): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const ours = await start('contender.ts', ['ours', supergraph]);
  const others = [
    { name: 'Apollo Gateway', contender: await start('contender.ts', ['apollo', supergraph]) },
    { name: 'Hive Gateway --jit', contender: await startHive(supergraph) },
  ];
  for (const first of [20, 50])
    for (const distinct of [true, false]) {
      const value = await cpuPerRequest(ours, { first, distinct });
      for (const { name, contender } of others) {
        if (!contender) continue;
        const baseline = { name, value: await cpuPerRequest(contender, { first, distinct }) };
        rows.push(
          row(
            `CPU per request, titles(${first}), ${distinct ? 'distinct' : 'identical'}`,
            'ms',
            value,
            baseline,
          ),
        );
      }
    }
  ours.stop();
  for (const { contender } of others) contender?.stop();
  return rows;
}

/** What it costs that a schema says who may see what. */
async function authorization(supergraph: string, restricted: string): Promise<BenchRow> {
  const [without, having] = await Promise.all([
    start('contender.ts', ['ours', supergraph]),
    start('contender.ts', ['ours', restricted]),
  ]);
  const costs = { without: 0, having: 0 };
  const rounds = 3;
  for (let round = 0; round < rounds; round++) {
    costs.without += (await cpuPerRequest(without, { first: 20, distinct: true })) / rounds;
    costs.having += (await cpuPerRequest(having, { first: 20, distinct: true })) / rounds;
  }
  without.stop();
  having.stop();
  const baseline = { name: 'without @authenticated', value: costs.without };
  return row('CPU per request, titles(20), distinct, @authenticated', 'ms', costs.having, baseline);
}

async function subscriptions(supergraph: string, subgraphs: Contender): Promise<BenchRow[]> {
  const ours = await start('contender.ts', ['ours', supergraph]);
  const measured = await measureFanOut(ours, emitThrough(subgraphs));
  ours.stop();
  const bare = await start('bare-ws.ts');
  const broadcast = await measureFanOut(bare, (events) =>
    bare.child.send({ events, text: measured.lastText }),
  );
  bare.stop();
  const baseline = (value: number) => ({ name: 'bare ws broadcast', value });
  return [
    row(
      `events to ${SUBSCRIBERS} subscribers, per CPU second`,
      'events/s',
      measured.perCpuSecond,
      baseline(broadcast.perCpuSecond),
    ),
    row(
      'memory per idle subscriber',
      'bytes',
      measured.bytesPerSubscriber,
      baseline(broadcast.bytesPerSubscriber),
    ),
  ];
}
