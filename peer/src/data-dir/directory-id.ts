import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';

/** A name for a data directory, different for each of a user, in places that several of them share. */
export function directoryId(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return `giggityflix-${userInfo().uid}-${hash}`;
}
