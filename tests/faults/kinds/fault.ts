import type { Cluster } from '../../../stack/src/cluster/index.ts';
import type { Kcat } from '../kcat.ts';
import type { Random } from '../random.ts';
import type { Supervisor } from '../supervisor.ts';

/** What faults are injected into. */
export interface Installation {
  readonly cluster: Cluster;
  readonly supervisor: Supervisor;
  readonly kcat: Kcat;
  /** Where the installation keeps what it keeps. */
  readonly directory: string;
}

export interface Injected {
  /** What was done to what, for the timeline. */
  readonly what: string;
  /** Takes it back; where a process was ended, resolves once it is ready again. */
  heal(): Promise<void>;
}

/** One kind of fault. */
export interface Fault {
  readonly name: string;
  /** Which of an installation's parts it may strike. */
  targets(cluster: Cluster): readonly string[];
  /** What it takes part of: two faults with one in common are never injected at once. */
  resources(target: string, cluster: Cluster): readonly string[];
  readonly lastsMs: { readonly min: number; readonly max: number };
  /** Why it cannot be injected here; null where it can. */
  missing(installation: Installation): Promise<string | null>;
  inject(installation: Installation, target: string, random: Random): Promise<Injected>;
}

export const seconds = (min: number, max: number) => ({ min: min * 1_000, max: max * 1_000 });
export const possible = async () => null;

/** The names of the processes of some kinds. */
export function named(cluster: Cluster, kinds: readonly string[]): string[] {
  return cluster.processes.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
}

/** Kafka and Redis survive the loss of one process, so faults of two never meet; others are struck one by one. */
export function resourceOf(target: string): readonly string[] {
  const [, engine] = /^(kafka|redis)-\d+$/.exec(target) ?? [];
  return [engine ?? target];
}
