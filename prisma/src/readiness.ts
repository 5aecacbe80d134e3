import { notReady, READY, type Readiness, withDeadline } from '@giggityflix/kernel';
import type { Database } from './database.ts';

/** How long `GET /ready` waits for a database, in milliseconds. */
const CHECK_DEADLINE_MS = 600;

/** Whether a database can be used now; `name` is what it is called where it cannot. */
export async function databaseReadiness(database: Database | null, name: string): Promise<Readiness> {
  if (!database) return notReady(`${name} is not open`);
  try {
    await withDeadline(database.check(), CHECK_DEADLINE_MS, `asking ${name}`);
    return READY;
  } catch (error) {
    return notReady(`${name} cannot be reached: ${error instanceof Error ? error.message : error}`);
  }
}
