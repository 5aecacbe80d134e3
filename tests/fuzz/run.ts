import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withDeadline } from '@giggityflix/kernel';
import fc from 'fast-check';
import type { FuzzTarget } from './target.ts';

/** Code that takes longer over one input hangs. */
export const HANG_MS = 30_000;

const SUPPORT = new Set(['run.ts', 'target.ts']);

export const TARGETS: readonly string[] = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !SUPPORT.has(file))
  .map((file) => file.slice(0, -3))
  .sort();

export interface FuzzReport {
  executions: number;
  perSecond: number;
  seed: number;
  /** The smallest input found that fails, and how; null when none was found. */
  failure: { input: unknown; error: string; path: string | null } | null;
}

export interface FuzzOptions {
  seconds: number;
  seed: number;
  /** How long one input may take; {@link HANG_MS} without. */
  hangMs?: number;
  /** Called before each execution. */
  onInput?: (input: unknown) => void;
}

/** Sends a target inputs for some seconds; the same seed gives the same inputs in the same order. */
export async function fuzz(name: string, options: FuzzOptions): Promise<FuzzReport> {
  const module = (await import(join(import.meta.dirname, `${name}.ts`))) as {
    default: () => Promise<FuzzTarget>;
  };
  return fuzzTarget(await module.default(), options);
}

/** {@link fuzz} for a target that was started; it is stopped afterwards. */
export async function fuzzTarget(
  target: FuzzTarget,
  { seconds, seed, onInput, hangMs = HANG_MS }: FuzzOptions,
): Promise<FuzzReport> {
  let executions = 0;
  const crashes: unknown[] = [];
  const crash = (error: unknown) => void crashes.push(error);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  const startedAt = performance.now();
  try {
    const property = fc.asyncProperty(target.inputs, async (input) => {
      executions += 1;
      onInput?.(input);
      await withDeadline(target.run(input), hangMs, 'one input');
      if (crashes.length > 0) throw crashes.splice(0)[0];
    });
    const result = await fc.check(property, {
      seed,
      numRuns: 1_000_000_000,
      interruptAfterTimeLimit: seconds * 1_000,
      markInterruptAsFailure: false,
    });
    const took = (performance.now() - startedAt) / 1_000;
    const error = result.errorInstance;
    return {
      executions,
      perSecond: Math.round(executions / took),
      seed,
      failure: result.failed
        ? {
            input: result.counterexample?.[0],
            error: error instanceof Error ? (error.stack ?? error.message) : String(error),
            path: result.counterexamplePath,
          }
        : null,
    };
  } finally {
    await target.stop?.();
    process.off('uncaughtException', crash);
    process.off('unhandledRejection', crash);
  }
}
