import { type BenchRow, percentile, row } from './row.ts';
import { measureBareFastify, measureBareNode } from './start/baselines.ts';
import { FIGURES, type Memory, readMemory } from './start/memory.ts';
import { PROCESSES, type ProcessName, startPlatform } from './start/platform.ts';

/** Each round starts everything with fresh state; medians are printed. */
export const options = { rounds: 5 };

interface Round {
  readyMs: number;
  fastifyMs: number;
  node: Memory;
  processes: Record<ProcessName, Memory>;
}

/**
 * `npm start`: how long until it is up, and what its processes hold in memory once the two sample films are
 * described and nothing is left to do. npm's own start is not counted.
 */
export default async function start({ rounds: count }: typeof options): Promise<BenchRow[]> {
  const rounds: Round[] = [];
  while (rounds.length < count) rounds.push(await measureRound());
  const median = (figure: (round: Round) => number) => percentile(rounds.map(figure), 50);
  const rows = [
    row(
      'ready',
      'ms',
      median((round) => round.readyMs),
      { name: 'bare Fastify server', value: median((round) => round.fastifyMs) },
    ),
  ];
  for (const figure of FIGURES) {
    const bare = median((round) => round.node[figure]);
    const name = `bare node ${process.version}`;
    for (const process of PROCESSES)
      rows.push(
        row(
          `${figure.toUpperCase()} of ${process}`,
          'MB',
          median((round) => round.processes[process][figure]),
          { name, value: bare },
        ),
      );
    rows.push(
      row(
        `${figure.toUpperCase()} of all ${PROCESSES.length}`,
        'MB',
        median((round) => PROCESSES.reduce((sum, process) => sum + round.processes[process][figure], 0)),
        { name: `${PROCESSES.length} × ${name}`, value: PROCESSES.length * bare },
      ),
    );
  }
  return rows;
}

async function measureRound(): Promise<Round> {
  const fastifyMs = await measureBareFastify();
  const platform = await startPlatform();
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
