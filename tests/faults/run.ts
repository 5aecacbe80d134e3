import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, startCluster } from '../../stack/src/cluster/index.ts';
import type { Violation } from './check/violation.ts';
import { prepareDisks } from './disks.ts';
import { injectAll } from './injection.ts';
import { createKcat } from './kcat.ts';
import { type Fault, type Installation, named } from './kinds/fault.ts';
import { FAULTS } from './kinds/index.ts';
import { makeFilms } from './load/films.ts';
import { createFolders } from './load/folders.ts';
import { startLoad } from './load/load.ts';
import { createPeople } from './load/people.ts';
import { createRandom } from './random.ts';
import { readProcesses } from './readings.ts';
import { makeSchedule, type Step } from './schedule/schedule.ts';
import { settle } from './settle.ts';
import { createSupervisor } from './supervisor.ts';

export interface RunOptions {
  readonly seed: number;
  /** How long faults are injected. */
  readonly durationMs: number;
  readonly small: boolean;
  /** These instead of the seed's. */
  readonly steps?: readonly Step[];
  /** Called for each line of the timeline. */
  readonly onLine?: (line: string) => void;
}

export interface Outcome {
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly timeline: readonly string[];
  readonly violations: readonly Violation[];
  /** What was done, in numbers. */
  readonly figures: readonly string[];
  /** Faults that cannot be injected here, and why. */
  readonly skipped: readonly string[];
  /** Where logs and films are, where something was violated. */
  readonly directory: string | null;
}

const FILMS = 60;
const FIRST_CHANGES = 12;
const WARM_UP_MS = 15_000;
const AT_ONCE = 2;
const RECOVERY_MS = 8_000;
const GAP_MS = { min: 3_000, max: 9_000 };

/** An installation of its own under load and faults, and what the checker finds afterwards. */
export async function runFaults(options: RunOptions): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-faults-'));
  const startedAt = Date.now();
  const timeline: string[] = [];
  const note = (what: string) => {
    const line = `${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${what}`;
    timeline.push(line);
    options.onLine?.(line);
  };
  const disks = await prepareDisks(directory);
  let cluster: Cluster | null = null;
  let failed = true;
  try {
    const films = makeFilms(join(directory, 'staged'), FILMS);
    cluster = await startCluster({ small: options.small, directory, films: [] });
    note(`${cluster.processes.length} processes are ready`);
    const outcome = await runOn(cluster, { ...options, films, note, timeline, directory });
    failed = outcome.violations.length > 0;
    return { ...outcome, directory: failed ? directory : null };
  } finally {
    await cluster?.stop();
    await disks.release();
    if (!failed) rmSync(directory, { recursive: true, force: true });
  }
}

interface Running extends RunOptions {
  readonly films: ReturnType<typeof makeFilms>;
  readonly note: (what: string) => void;
  readonly timeline: readonly string[];
  readonly directory: string;
}

async function runOn(cluster: Cluster, options: Running): Promise<Omit<Outcome, 'directory'>> {
  const { seed, films, note, timeline } = options;
  const random = createRandom(seed);
  const supervisor = createSupervisor(cluster, note);
  const brokers = named(cluster, ['kafka']).map((name) => `127.0.0.1:${cluster.port(name)}`);
  const installation: Installation = {
    cluster,
    supervisor,
    kcat: createKcat(brokers.join(',')),
    directory: options.directory,
  };
  const peers = named(cluster, ['peer']).map((peer) => ({
    peer,
    path: join(cluster.directory, peer, 'films'),
  }));
  const folders = createFolders(peers, films, createRandom(random.integer(0, 2 ** 31 - 1)));
  for (let change = 0; change < FIRST_CHANGES; change += 1) folders.change();
  const people = await createPeople(cluster);
  const load = startLoad({
    origin: cluster.balancerUrl,
    people,
    films,
    folders,
    seed: random.integer(0, 2 ** 31 - 1),
  });
  try {
    note('load has begun');
    const skipped: string[] = [];
    const usable: Fault[] = [];
    for (const fault of FAULTS) {
      const reason = await fault.missing(installation);
      if (reason) skipped.push(`${fault.name}: ${reason}`);
      else usable.push(fault);
    }
    const steps =
      options.steps ??
      makeSchedule({
        seed,
        durationMs: options.durationMs,
        strikes: usable.map((fault) => ({
          name: fault.name,
          lastsMs: fault.lastsMs,
          targets: fault.targets(cluster),
          resources: (target) => fault.resources(target, cluster),
        })),
        atOnce: AT_ONCE,
        recoveryMs: RECOVERY_MS,
        gapMs: GAP_MS,
      });
    await sleep(WARM_UP_MS);
    const before = readProcesses(cluster);
    note(`${steps.length} faults follow, at most ${AT_ONCE} at once`);
    const { problems, lastHealAt } = await injectAll({
      installation,
      steps,
      faults: usable,
      atOnce: AT_ONCE,
      note,
    });
    note('the last fault is healed');
    const settled = await settle({ installation, load, people, folders, before, lastHealAt, note });
    return {
      seed,
      steps,
      timeline,
      skipped,
      figures: [load.summary(), ...settled.figures],
      violations: [...problems.map((what) => ({ check: 'injection', what })), ...settled.violations],
    };
  } finally {
    await supervisor.stop();
    await load.close();
  }
}
