import { createHash } from 'node:crypto';
import type { TrackerState } from '../../subgraphs/tracker/src/state/state.ts';
import { drain } from '../../subgraphs/tracker/testing/fixtures.ts';
import { percentile } from '../row.ts';

export const TITLES_PER_PEER = 5_000;
export const TITLES = 20_000;
/** Ids of one read, as the gateway asks for a page of titles. */
export const IDS_PER_READ = 20;
const READS = 2_000;

export const titles = Array.from({ length: TITLES }, (_, n) =>
  createHash('sha256').update(`bench ${n}`).digest('hex'),
);

/** What one peer shares. */
export function catalogOf(peer: number): string[] {
  return Array.from({ length: TITLES_PER_PEER }, (_, n) => titles[(peer * 997 + n * 3) % TITLES] as string);
}

export function peerName(peer: number): string {
  return `gf1${createHash('sha256').update(String(peer)).digest('hex').slice(0, 32)}`;
}

/** Announces every catalog in full; returns ids per second. The outbox is emptied after each, outside the clock. */
export async function announceAll(state: TrackerState, peers: number): Promise<number> {
  let elapsed = 0;
  for (let peer = 0; peer < peers; peer += 1) {
    const update = {
      peerId: peerName(peer),
      edgeId: 'edge-1',
      connectionId: '01980000-0000-7000-8000-000000000000',
      catalogIds: catalogOf(peer),
      removedCatalogIds: [],
      isFull: true,
      updateId: 'bench',
      final: true,
      position: { source: 'bench', offset: String(peer), timestamp: peer },
    };
    const startedAt = performance.now();
    await state.registry.catalogUpdated(update);
    elapsed += performance.now() - startedAt;
    await drain(state.outbox, 5_000);
  }
  return ((peers * TITLES_PER_PEER) / elapsed) * 1_000;
}

/** Reads random pages of titles one after another; milliseconds at the median and the 99th percentile. */
export async function timeReads(...readers: ((ids: readonly string[]) => unknown)[]): Promise<Percentiles[]> {
  const samples: number[][] = readers.map(() => []);
  for (let round = 0; round < READS; round += 1) {
    const from = (round * 7919) % (TITLES - IDS_PER_READ);
    const ids = titles.slice(from, from + IDS_PER_READ);
    for (const [index, read] of readers.entries()) {
      const startedAt = performance.now();
      await read(ids);
      samples[index]?.push(performance.now() - startedAt);
    }
  }
  return samples.map((taken) => ({ p50: percentile(taken, 50), p99: percentile(taken, 99) }));
}

export interface Percentiles {
  p50: number;
  p99: number;
}
