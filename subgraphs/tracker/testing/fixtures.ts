import { createHash } from 'node:crypto';
import type { AvailabilityOutbox, OutboxEntry } from '../src/availability/outbox.ts';
import type { CatalogUpdate } from '../src/registry/registry.ts';
import type { StateOptions, TrackerState } from '../src/state/state.ts';

/** What a compliance suite runs against: two processes' views of one state, on a clock of the test's own. */
export interface StateUnderTest {
  /** Opens the state as another process would. */
  open(options: Partial<StateOptions>): Promise<TrackerState>;
  close(): Promise<void>;
  /** Ends the leases that a store keeps by its own clock. */
  expireLeases(): Promise<void>;
}

export const CONNECTION_TIMEOUT_MS = 120_000;

/** The catalog id of the n-th file. */
export function file(n: number): string {
  return createHash('sha256').update(`file ${n}`).digest('hex');
}

/** The n-th connection id: of two the greater number is the newer. */
export function connection(n: number): string {
  return `0198${n.toString(16).padStart(4, '0')}-0000-7000-8000-000000000000`;
}

let offset = 0;

/** A catalog update, the next on the bus unless the caller says otherwise. */
export function catalogUpdate(
  update: Partial<CatalogUpdate> & { peerId: string; connectionId: string },
): CatalogUpdate {
  offset += 1;
  return {
    edgeId: 'edge-1',
    catalogIds: [],
    removedCatalogIds: [],
    isFull: false,
    updateId: `update-${offset}`,
    final: true,
    position: { source: 'peer.catalog.updated/0', offset: String(offset), timestamp: offset },
    ...update,
  };
}

/** Takes everything out of the outbox, as a publisher does. */
export async function drain(outbox: AvailabilityOutbox, limit = 100): Promise<OutboxEntry[]> {
  const entries: OutboxEntry[] = [];
  const next = () => outbox.claim({ limit, everywhere: true });
  for (let claim = await next(); claim; claim = await next()) {
    entries.push(...claim.entries);
    await claim.complete();
  }
  return entries;
}

/** The published counts of each file, in order. */
export function countsByFile(entries: readonly OutboxEntry[]): Map<string, number[]> {
  const counts = new Map<string, number[]>();
  for (const entry of entries) {
    if (entry.kind !== 'availability') continue;
    const published = counts.get(entry.catalogId) ?? [];
    published.push(entry.peerCount);
    counts.set(entry.catalogId, published);
  }
  return counts;
}
