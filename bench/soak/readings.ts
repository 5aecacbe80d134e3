import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readMemory } from '../start/memory.ts';

/** Of one process after a garbage collection, in MB (10⁶ bytes). */
export interface Reading {
  heap: number;
  rss: number;
}

/** The environment of a process that {@link readCollected} reads. */
export function collectable(folder: string): Record<string, string> {
  const program = new URL('collect.ts', import.meta.url).pathname;
  return { BENCH_READINGS: folder, NODE_OPTIONS: `--expose-gc --import=${program}` };
}

/** Collects the garbage of the process, then reads what is left. */
export async function readCollected(folder: string, pid: number): Promise<Reading> {
  const heap = Number(await text(connect(join(folder, String(pid))))) / 1e6;
  if (!(heap > 0)) throw new Error(`process ${pid} does not say how much heap it uses`);
  return { heap, rss: readMemory(pid).rss };
}
