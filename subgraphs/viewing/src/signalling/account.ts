import { createHash } from 'node:crypto';

/** Lets others distinguish accounts, without a name. */
export function accountOf(userId: string): string {
  return createHash('sha256').update(userId).digest('hex').slice(0, 16);
}
