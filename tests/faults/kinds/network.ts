import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '@giggityflix/kernel/programs';
import { atExit } from '../at-exit.ts';
import { type Fault, named, resourceOf, seconds } from './fault.ts';

const run = promisify(execFile);

/** Packets between an edge and its peers are dropped without a word, in both directions, as by a broken route. */
export const edgeCutOff: Fault = {
  name: 'edge cut off',
  targets: (cluster) => named(cluster, ['edge']),
  resources: resourceOf,
  lastsMs: seconds(5, 30),
  async missing() {
    const nft = findProgram('nft');
    if (!nft) return 'nft is not installed';
    return run(nft, ['list', 'tables']).then(
      () => null,
      () => 'nft may not change the network here: needs root',
    );
  },
  async inject({ cluster }, target) {
    const nft = findProgram('nft') as string;
    const port = cluster.port(target);
    // A table of its own, so that healing takes back this and nothing else.
    const table = `giggityflix_faults_${process.pid}_${port}`;
    const rules = `table inet ${table} {
      chain in { type filter hook input priority 0; tcp dport ${port} drop; tcp sport ${port} drop; }
    }`;
    const child = run(nft, ['-f', '-']);
    child.child.stdin?.end(rules);
    await child;
    const undo = () => execFileSync(nft, ['delete', 'table', 'inet', table], { stdio: 'ignore' });
    const done = atExit(undo);
    return {
      what: `${target} and its peers do not reach each other`,
      async heal() {
        done();
        undo();
      },
    };
  },
};
