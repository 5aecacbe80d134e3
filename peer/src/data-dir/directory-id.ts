import { createHash } from 'node:crypto';

/** A name for a data directory, different for each of a user, in places that several of them share. */
export function directoryId(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  // A container may run as a number that has no entry among the users; Windows has no numbers.
  return `giggityflix-${process.geteuid?.() ?? -1}-${hash}`;
}
