import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Why a test cannot run here; `false` when it can. Made for `describe.skipIf(thing.skip)`. */
export type Skip = string | false;

/**
 * Reports that something a test needs is not here: a line in the output and a reason for `skipIf`, or a failure
 * of the file with `REQUIRE_REAL=1`, so that a build that promises everything cannot skip silently.
 */
export function missing(what: string, reason: string): string {
  const message = `needs ${what}: ${reason}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(`REQUIRE_REAL is set and this ${message}`);
  console.warn(`SKIPPED, ${message}`);
  return message;
}

/** The path of a program on PATH or in the directories Debian keeps out of users' PATH; null when there is none. */
export function findProgram(
  names: string | readonly string[],
  directories: readonly string[] = [],
): string | null {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', ...directories];
  for (const name of typeof names === 'string' ? [names] : names)
    for (const place of places) {
      const path = join(place, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  return null;
}
