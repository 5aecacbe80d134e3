import type { RawEnvironment } from '@giggityflix/kernel';

/** Files of one machine that was let in: as many as the tracker keeps of a peer. */
const FILES = '100000';
export const EDGE_LIMITS = ['MAX_FILES_PER_PEER', 'PEER_FILES_BURST', 'NETWORK_FILES_BURST'] as const;
export const CATALOG_LIMITS = ['MAX_DESCRIPTIONS_PER_PEER', 'MAX_PICTURES_PER_PEER'] as const;

/**
 * These limits for a home's library, where machines are let in; anyone could flood the platform with so many made-up files.
 * An operator who sets one of them, which rest on each other, sets all.
 */
export function forLargeLibraries(
  inherited: RawEnvironment,
  limits: readonly string[],
  { isLan }: { isLan: boolean },
): RawEnvironment {
  const enrolment = inherited.ENROLMENT ?? (isLan ? 'invitation' : 'open');
  if (enrolment !== 'invitation' || limits.some((name) => inherited[name] !== undefined)) return {};
  return Object.fromEntries(limits.map((name) => [name, FILES]));
}
