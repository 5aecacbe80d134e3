import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { StackConfig } from './environment.ts';

/**
 * The configuration, read in a process of its own that is gone afterwards: what checks the variables takes 20 MB, which
 * the supervisor would hold for as long as the platform runs. Ends this process when a variable is wrong.
 */
export async function readConfig(): Promise<StackConfig> {
  const reader = fork(new URL('./environment-process.ts', import.meta.url));
  let config: StackConfig | undefined;
  reader.once('message', (message) => {
    config = message as StackConfig;
  });
  const [status] = (await once(reader, 'close')) as [number | null];
  return config ?? process.exit(status ?? 1);
}
