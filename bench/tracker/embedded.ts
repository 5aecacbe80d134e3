import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '@giggityflix/state';
import { createEmbeddedState } from '../../subgraphs/tracker/src/state/state.embedded.ts';
import { type BenchRow, row } from '../row.ts';
import { announceAll, catalogOf, peerName, TITLES_PER_PEER, timeReads } from './workload.ts';

/** As many peers as one machine's tracker sees: 200,000 pairs. */
const PEERS = 40;
const PAIRS = PEERS * TITLES_PER_PEER;

export async function benchEmbedded(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-bench-'));
  try {
    const plainPath = join(directory, 'plain.sqlite');
    const plain = openSqlite(plainPath);
    plain.exec(`
      CREATE TABLE titles (peer TEXT, title TEXT, PRIMARY KEY (peer, title)) WITHOUT ROWID;
      CREATE INDEX peers ON titles (title, peer);`);
    const insert = plain.prepare('INSERT OR IGNORE INTO titles VALUES (?, ?)');
    const insertAll = plain.transaction((peer: string, titles: string[]) => {
      for (const title of titles) insert.run(peer, title);
    });
    let elapsed = 0;
    for (let peer = 0; peer < PEERS; peer += 1) {
      const catalog = catalogOf(peer);
      const startedAt = performance.now();
      insertAll.immediate(peerName(peer), catalog);
      elapsed += performance.now() - startedAt;
    }
    const count = plain.prepare('SELECT count(*) FROM titles WHERE title = ?').pluck();
    const [plainReads] = await timeReads((ids) => ids.map((id) => count.get(id)));
    plain.close();

    const path = join(directory, 'tracker.sqlite');
    const state = createEmbeddedState({ path, connectionTimeoutMs: 120_000 });
    const applied = await announceAll(state, PEERS);
    const [reads] = await timeReads(state.registry.countPeers);
    await state.stop();
    const [plainFile, file] = await Promise.all([stat(plainPath), stat(path)]);
    return [
      row('embedded: catalog ids applied', 'ids/s', applied, {
        name: 'plain inserts with an index',
        value: (PAIRS / elapsed) * 1_000,
      }),
      row('embedded: availability of 20 ids, p50', 'ms', reads!.p50, {
        name: 'plain counts',
        value: plainReads!.p50,
      }),
      row('embedded: availability of 20 ids, p99', 'ms', reads!.p99, {
        name: 'plain counts',
        value: plainReads!.p99,
      }),
      row('embedded: file per (peer, title) pair', 'bytes', file.size / PAIRS, {
        name: 'plain table with an index',
        value: plainFile.size / PAIRS,
      }),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
