import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeFor } from './gateway/graph.ts';
import { start } from './gateway/process.ts';
import { cpuPerRequest } from './gateway/requests.ts';
import { type BenchRow, row } from './row.ts';

/** The gateway beside Apollo's: processor time per request. */
export default async function gateway(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
  const supergraph = join(directory, 'supergraph.graphql');
  const subgraphs = await start('subgraphs.ts');
  const rows: BenchRow[] = [];
  try {
    writeFileSync(supergraph, await composeFor(`http://127.0.0.1:${subgraphs.port}`));
    const contenders = {
      ours: await start('contender.ts', ['ours', supergraph]),
      apollo: await start('contender.ts', ['apollo', supergraph]),
    };
    for (const first of [20, 50])
      for (const distinct of [true, false]) {
        const options = { first, distinct };
        const baseline = { name: 'Apollo Gateway', value: await cpuPerRequest(contenders.apollo, options) };
        const ours = await cpuPerRequest(contenders.ours, options);
        rows.push(
          row(
            `CPU per request, titles(${first}), ${distinct ? 'distinct' : 'identical'}`,
            'ms',
            ours,
            baseline,
          ),
        );
      }
    for (const contender of Object.values(contenders)) contender.stop();
  } finally {
    subgraphs.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  return rows;
}
