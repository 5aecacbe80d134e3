import type { CatalogId } from '@giggityflix/proto';
import type { Outcome } from './outcomes.ts';
import { createSample } from './sample.ts';

/** A file that a peer was asked to prove. */
export interface Pending {
  challengeId: number;
  catalogId: CatalogId;
  position: number;
  attempts: number;
  /** Sessions of viewers that were sent to the peer for this file meanwhile. */
  sessions: Set<string>;
  late: boolean;
  /** The peer says that it has no such file: it is about to take it back, or it lied. */
  isDenied: boolean;
  timer: NodeJS.Timeout;
}

/** What was asked of one peer, and what came of it. */
export interface Checks {
  sample: ReturnType<typeof createSample>;
  pending: Map<number, Pending>;
  /** The latest outcomes, the oldest first. */
  outcomes: Map<CatalogId, { outcome: Outcome; at: number }>;
  lastId: number;
  nextCheckAt: number;
}

export function newChecks(nextCheckAt: number): Checks {
  return { sample: createSample(), pending: new Map(), outcomes: new Map(), lastId: 0, nextCheckAt };
}

/** The challenge for a file that may still be answered in time. */
export function pendingOf(checks: Checks, catalogId: CatalogId): Pending | undefined {
  for (const pending of checks.pending.values())
    if (pending.catalogId === catalogId && !pending.late) return pending;
  return undefined;
}

/** The peer has taken the file back. */
export function forget(checks: Checks, catalogId: CatalogId): void {
  checks.sample.remove(catalogId);
  checks.outcomes.delete(catalogId);
  for (const pending of checks.pending.values()) {
    if (pending.catalogId !== catalogId) continue;
    clearTimeout(pending.timer);
    checks.pending.delete(pending.challengeId);
  }
}
