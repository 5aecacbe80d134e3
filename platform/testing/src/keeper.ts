import { createServer } from 'node:http';
import { findProgram } from '@giggityflix/kernel/programs';
import { addressesOf, startKafka } from './kafka-server.ts';
import { startPostgres } from './postgres-server.ts';

/** The servers that are too slow to start for each test file; one of each serves a whole run. */
export type SharedServer = 'kafka' | 'postgres';

interface Keeper {
  /** Where test files ask for a server. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts shared servers when a test file first asks for them (`GET /<name>` answers the address) and ends them
 * with the run. Lives in the main process of the test runner.
 */
export async function startKeeper(): Promise<Keeper> {
  const running = new Map<string, Promise<{ address: string; stop(): Promise<void> }>>();
  const starters: Record<SharedServer, () => Promise<{ address: string; stop(): Promise<void> }>> = {
    async kafka() {
      const kafka = await startKafka(findProgram('java') ?? 'java');
      return { address: JSON.stringify(addressesOf(kafka)), stop: kafka.stop };
    },
    async postgres() {
      const postgres = await startPostgres();
      return { address: postgres.url, stop: postgres.stop };
    },
  };
  const server = createServer(async (request, response) => {
    const name = (request.url ?? '/').slice(1) as SharedServer;
    try {
      const start = starters[name];
      if (!running.has(name)) running.set(name, start());
      response.end((await running.get(name))?.address);
    } catch (error) {
      response.statusCode = 500;
      response.end(error instanceof Error ? error.message : String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await Promise.allSettled([...running.values()].map(async (started) => (await started).stop()));
    },
  };
}

/** Asks the keeper of this run for a server. */
export async function sharedServer(keeperUrl: string, name: SharedServer): Promise<string> {
  const response = await fetch(`${keeperUrl}/${name}`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
