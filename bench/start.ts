import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchRow, percentile, row } from './row.ts';
import { measureBareFastify, measureBareNode } from './start/baselines.ts';
import { FIGURES, type Memory, readMemory } from './start/memory.ts';
import { PROCESSES, type ProcessName, startPlatform } from './start/platform.ts';

/** Rounds after the first start, which has nothing compiled yet; medians are printed. */
export const options = { rounds: 5 };

interface Round {
  readyMs: number;
  fastifyMs: number;
  node: Memory;
  processes: Record<ProcessName, Memory>;
}

/**
 * `npm start` with fresh state: how long until it is up, and what its processes hold in memory once the two sample
 * films are described and nothing is left to do. npm's own start is not counted.
 */
export default async function start({ rounds: count }: typeof options): Promise<BenchRow[]> {
  const compileCache = mkdtempSync(join(tmpdir(), 'bench-compile-cache-'));
  try {
    const first = await measureRound(compileCache);
    const rounds: Round[] = [];
    while (rounds.length < count) rounds.push(await measureRound(compileCache));
    return [...rowsOf(rounds), ...rowsOfFirst(first)];
  } finally {
    rmSync(compileCache, { recursive: true, force: true });
  }
}

async function measureRound(compileCache: string): Promise<Round> {
  const fastifyMs = await measureBareFastify();
  const platform = await startPlatform({ NODE_COMPILE_CACHE: compileCache });
  try {
    await platform.idle();
    // Beside the platform, so that both share what pages of the program they can.
    const node = await measureBareNode();
    const processes = Object.fromEntries(
      PROCESSES.map((name) => [name, readMemory(platform.pids[name])]),
    ) as Round['processes'];
    return { readyMs: platform.readyMs, fastifyMs, node, processes };
  } finally {
    await platform.stop();
  }
}

const BARE_NODE = `bare node ${process.version}`;
const BARE_FASTIFY = 'bare Fastify server';

function rowsOf(rounds: readonly Round[]): BenchRow[] {
  const median = (figure: (round: Round) => number) => percentile(rounds.map(figure), 50);
  const ready = row(
    'ready',
    'ms',
    median((round) => round.readyMs),
    { name: BARE_FASTIFY, value: median((round) => round.fastifyMs) },
  );
  return [
    ready,
    ...FIGURES.flatMap((figure) => {
      const bare = median((round) => round.node[figure]);
      return [
        ...PROCESSES.map((process) =>
          row(
            `${figure.toUpperCase()} of ${process}`,
            'MB',
            median((round) => round.processes[process][figure]),
            { name: BARE_NODE, value: bare },
          ),
        ),
        row(
          `${figure.toUpperCase()} of all ${PROCESSES.length}`,
          'MB',
          median((round) => sum(round, figure)),
          { name: `${PROCESSES.length} × ${BARE_NODE}`, value: PROCESSES.length * bare },
        ),
      ];
    }),
  ];
}

/** Of the first start after an installation, when each process still compiles its own code. */
function rowsOfFirst(first: Round): BenchRow[] {
  return [
    row('ready, first start', 'ms', first.readyMs, { name: BARE_FASTIFY, value: first.fastifyMs }),
    row(`RSS of all ${PROCESSES.length}, first start`, 'MB', sum(first, 'rss'), {
      name: `${PROCESSES.length} × ${BARE_NODE}`,
      value: PROCESSES.length * first.node.rss,
    }),
  ];
}

function sum({ processes }: Round, figure: keyof Memory): number {
  return PROCESSES.reduce((total, process) => total + processes[process][figure], 0);
}
