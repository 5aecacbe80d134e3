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
