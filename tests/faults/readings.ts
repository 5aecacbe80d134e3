import { readdirSync, readFileSync } from 'node:fs';
import type { Cluster } from '../../stack/src/cluster/index.ts';
import type { Reading } from './check/processes.ts';

/** What each process holds now. */
export function readProcesses(cluster: Cluster): Reading[] {
  return cluster.processes.map(({ name, pid }) => {
    const nothing = { name, at: Date.now(), pid: null, residentBytes: 0, descriptors: 0 };
    if (pid === null) return nothing;
    try {
      const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      const descriptors = readdirSync(`/proc/${pid}/fd`).length;
      return { ...nothing, pid, residentBytes: Number(kilobytes ?? 0) * 1024, descriptors };
    } catch {
      return nothing;
    }
  });
}
