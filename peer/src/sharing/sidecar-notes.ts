import type { Logger } from '@giggityflix/kernel';
import type { SidecarReading } from '../metadata/outside.ts';

/** Files that are kept in mind, and of these that are shown. */
const MAX_KEPT = 1_000;
const MAX_SHOWN = 20;

/** Files beside films that are not used, with why: said in the log once, and to their owner until they are read. */
export interface SidecarNotes {
  take(reading: SidecarReading): void;
  list(): string[];
}

export function createSidecarNotes({ logger }: { logger: Logger }): SidecarNotes {
  const problems = new Map<string, string>();
  return {
    take({ path, problem }) {
      if (problem === null) {
        problems.delete(path);
        return;
      }
      if (problems.get(path) === problem) return;
      logger.warn({ path, reason: problem }, 'a file beside a film is not used');
      if (problems.size < MAX_KEPT || problems.has(path)) problems.set(path, problem);
    },
    list() {
      const all = [...problems].map(([path, reason]) => `${path} is not used: ${reason}`);
      const rest = all.length - MAX_SHOWN;
      return rest > 0 ? [...all.slice(0, MAX_SHOWN), `and ${rest} more files are not used`] : all;
    },
  };
}
