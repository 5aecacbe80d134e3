import { EnvironmentError } from '../../platform/kernel/src/index.ts';
import { BackupError } from './failure.ts';
import type { Mode } from './manifest.ts';

/** Ends the process with 0 once the work is done, 1 where it cannot be, 2 for wrong usage. */
export async function run(work: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await work()}\n`);
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    const isExpected = error instanceof BackupError || error instanceof EnvironmentError;
    process.stderr.write(`${isExpected ? message : `${name}: ${message}`}\n`);
    process.exitCode = code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
  }
}

/** What both commands take. */
export const OPTIONS = {
  mode: { type: 'string' },
  force: { type: 'boolean', default: false },
  'env-file': { type: 'string', multiple: true, default: [] as string[] },
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What is kept here: a data folder, unless the environment is that of production. */
export function modeOf(mode: string | undefined, envFiles: readonly string[]): Mode {
  if (mode === 'all-in-one' || mode === 'production') return mode;
  if (mode !== undefined) throw new BackupError(`--mode is all-in-one or production, not ${mode}`);
  return envFiles.length > 0 || process.env.NODE_ENV === 'production' ? 'production' : 'all-in-one';
}

export function dataDirOf(given: string | undefined): string {
  return given ?? process.env.STACK_DATA_DIR ?? '.data';
}
