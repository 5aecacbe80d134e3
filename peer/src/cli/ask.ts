import { askDaemon, NotRunningError } from '../control/client.ts';
import { loadConfig } from './config.ts';
import { CliError, EXIT } from './exit.ts';

/** Asks the running daemon, with words and an exit code of their own when there is none. */
export async function ask<T>(flags: { dataDir?: string }, method: 'GET' | 'POST', path: string): Promise<T> {
  const { dataDir } = loadConfig({ dataDir: flags.dataDir }).peer;
  try {
    return await askDaemon<T>(dataDir, method, path);
  } catch (error) {
    if (error instanceof NotRunningError)
      throw new CliError(`${error.message}; start one with "giggityflix-peer start"`, EXIT.notRunning);
    throw error;
  }
}
