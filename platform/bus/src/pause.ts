import { setTimeout as sleep } from 'node:timers/promises';

/** False when `signal` aborted before the time had passed. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
