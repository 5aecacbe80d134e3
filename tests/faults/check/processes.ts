import { type Violation, violations } from './violation.ts';

/** A process as it was found at one time. */
export interface Reading {
  readonly name: string;
  readonly at: number;
  /** Null while it does not run. */
  readonly pid: number | null;
  readonly residentBytes: number;
  readonly descriptors: number;
}

/** A process ended that no fault had ended. */
export interface UnexpectedExit {
  readonly name: string;
  readonly at: number;
}

export interface Health {
  readonly name: string;
  readonly isRunning: boolean;
  readonly isReady: boolean;
}

/** In the end every process runs and is ready, and none ended that was not made to. */
export function checkProcesses(input: {
  readonly exits: readonly UnexpectedExit[];
  readonly health: readonly Health[];
}): Violation[] {
  const found = input.exits.map(({ name, at }) => `${name} ended by itself after ${Math.round(at / 1000)} s`);
  for (const { name, isRunning, isReady } of input.health) {
    if (!isRunning) found.push(`${name} does not run`);
    else if (!isReady) found.push(`${name} runs and is not ready`);
  }
  return violations('processes', found);
}

export interface Allowance {
  /** How much more a process may hold at the end than at its settled beginning. */
  readonly growth: number;
  /** What is never too much growth, however small the process was. */
  readonly bytes: number;
  readonly descriptors: number;
}

/**
 * Memory and descriptors are flat: a process holds at the end little more than in the calm before the first fault. One that was
 * started again since is compared with what it held then, before it was.
 */
export function checkResources(input: {
  readonly before: readonly Reading[];
  readonly after: readonly Reading[];
  readonly allowance: Allowance;
}): Violation[] {
  const { allowance } = input;
  const found: string[] = [];
  for (const after of input.after) {
    const before = input.before.find(({ name }) => name === after.name);
    if (!before?.pid || !after.pid) continue;
    const [was, is] = [before.residentBytes, after.residentBytes];
    if (is > was * allowance.growth && is - was > allowance.bytes)
      found.push(`${after.name} held ${inMegabytes(was)} and holds ${inMegabytes(is)}`);
    const opened = after.descriptors - before.descriptors;
    if (after.descriptors > before.descriptors * allowance.growth && opened > allowance.descriptors)
      found.push(`${after.name} had ${before.descriptors} descriptors open and has ${after.descriptors}`);
  }
  return violations('memory and descriptors', found);
}

const inMegabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
