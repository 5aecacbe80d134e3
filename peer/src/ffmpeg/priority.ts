import { constants, setPriority } from 'node:os';

/** Lets a program this daemon has started run only when nothing else wants to. */
export function yieldToOtherPrograms(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}
