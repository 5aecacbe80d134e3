/**
 * Refuses a change of events that services of an earlier release, or events it left on the bus, could not live with:
 * every release is compared, in both directions. docs/events/README.md says how events evolve.
 */
import { join, resolve } from 'node:path';
import { eventDocuments } from './events/documents.ts';
import { brokenSince, readReleases } from './events/released.ts';

const releases = readReleases(join(resolve(import.meta.dirname, '..'), 'docs/events'));
const current = eventDocuments();
const problems = releases.flatMap((release) =>
  brokenSince(release, current).map((problem) => `since ${release.version}: ${problem}`),
);
if (problems.length > 0) {
  process.stderr.write(
    `${problems.join('\n')}\n\nEvents of different releases meet on one bus: see "How events evolve" in docs/events/README.md.\n`,
  );
  process.exit(1);
}
process.stdout.write(`${current.size} schemas are compatible with ${releases.length} releases\n`);
