import { writePrivateFile } from '@giggityflix/state/private-file';
import { readText } from './stored.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Authorities take five failures of a name an hour, and issue five certificates of the same name a week. */
const FIRST_DELAY_MS = 15 * MINUTE_MS;
const LONGEST_DELAY_MS = 24 * HOUR_MS;
/** Nor are authorities believed that want to be asked later than that. */
const LONGEST_REQUEST_MS = 8 * LONGEST_DELAY_MS;

/** Attempts that failed since the last one that did not. */
export interface Attempts {
  failures: number;
  /** When the last one began, in milliseconds since 1970. */
  lastAt: number;
  /** Before which the authority wants no further one, in milliseconds since 1970. */
  notBefore?: number;
}

/** When the next attempt may begin: each failure waits twice as long as the one before, and as long as it was told to. */
export function nextAttempt({ failures, lastAt, notBefore = 0 }: Attempts): number {
  if (failures === 0) return lastAt;
  const told = Math.min(notBefore, lastAt + LONGEST_REQUEST_MS);
  return Math.max(lastAt + Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS), told);
}

/** Kept on disk: a process that is started again and again asks no more often. */
export function storedAttempts(path: string) {
  return {
    read(): Attempts {
      try {
        const { failures, lastAt, notBefore } = JSON.parse(readText(path) ?? '{}') as Partial<Attempts>;
        if (Number.isSafeInteger(failures) && Number.isSafeInteger(lastAt))
          return {
            failures: Math.max(0, failures!),
            lastAt: Math.min(lastAt!, Date.now()),
            ...(Number.isSafeInteger(notBefore) && { notBefore: notBefore! }),
          };
      } catch {
        // Damaged: as if there were none.
      }
      return { failures: 0, lastAt: 0 };
    },
    write: (attempts: Attempts) => writePrivateFile(path, JSON.stringify(attempts)),
  };
}
