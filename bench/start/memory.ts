import { readFileSync } from 'node:fs';

/** Memory of one process as Linux counts it, in MB (10⁶ bytes). */
export interface Memory {
  /** Resident: all its pages in memory, those it shares with other processes in full. */
  rss: number;
  /** Proportional: a page that n processes share counts as 1/n. */
  pss: number;
  /** Unique: pages of this process alone, which its end would free. */
  uss: number;
}

export const FIGURES = ['rss', 'pss', 'uss'] as const satisfies readonly (keyof Memory)[];

/** Reads `/proc/<pid>/smaps_rollup`; Linux only. */
export function readMemory(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (field: string) =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1]) * 1_024) / 1e6;
  return {
    rss: megabytes('Rss'),
    pss: megabytes('Pss'),
    uss: megabytes('Private_Clean') + megabytes('Private_Dirty'),
  };
}

/** User and system time of a process and its threads so far, in hundredths of a second. */
export function readCpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
