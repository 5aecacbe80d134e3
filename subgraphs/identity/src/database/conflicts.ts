import { Prisma } from '@giggityflix/prisma';

/** How often a statement that met another one is tried again; each time at least one of those that meet goes on. */
const ATTEMPTS = 50;

/** Whether a row with the same unique value is there. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** Whether a transaction met another one, and changed nothing. */
function isCollision(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) return error.code === 'P2034';
  // So the driver's adapter calls what is found out at the end of a transaction only.
  return error instanceof Error && error.message === 'TransactionWriteConflict';
}

/** Repeats `attempt` while it gives null or meets others that write the same. */
export async function untilSettled<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < ATTEMPTS; tries += 1) {
    try {
      const result = await attempt();
      if (result !== null) return result;
    } catch (error) {
      if (!isDuplicate(error) && !isCollision(error)) throw error;
    }
  }
  throw new Error(`a row was written by others ${ATTEMPTS} times in a row`);
}
