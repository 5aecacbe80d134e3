import fc from 'fast-check';
import { catalogUpdate, connection, file } from './fixtures.ts';
import type { ModelEvent } from './model.ts';

/** Phases of one history; the clock moves on between them. */
export const PHASES = 4;
const PEERS = 2;
const FILES = 4;

type Topic = 'lifecycle' | 'updates' | 'heartbeats';

/** Events as they are handed to a tracker, by phase. Ids contain `run`, so that many histories share one state. */
export interface History {
  peerIds: string[];
  files: string[];
  phases: ModelEvent[][];
  /** The same events, each once, in the order they happened. */
  causal: ModelEvent[];
}

const ids = fc.uniqueArray(fc.nat(FILES - 1), { maxLength: FILES });
const update = fc.record({
  kind: fc.constantFrom('delta', 'full', 'parts'),
  added: ids,
  removed: ids,
  heartbeats: fc.nat(1),
});
const life = fc.record({
  edge: fc.nat(2),
  catalog: ids,
  updates: fc.array(update, { maxLength: 3 }),
  end: fc.constantFrom('open', 'closed', 'replaced', 'closed'),
});
const arbitrary = fc.record({
  lives: fc.array(fc.array(life, { minLength: 1, maxLength: 3 }), { minLength: PEERS, maxLength: PEERS }),
  /** Which log gives the next event, and now and then how far it is rewound first. */
  order: fc.array(fc.record({ log: fc.nat(99), rewind: fc.nat(15) }), { minLength: 40, maxLength: 40 }),
});

/**
 * Histories of peers on several edges, delivered as a bus does: in order within a topic and peer, in any order
 * across them, with redelivery of what was already handed over.
 */
export function interleavings(runs: number, seed: number): History[] {
  return fc.sample(arbitrary, { numRuns: runs, seed }).map((sample, run) => {
    const name = (index: number) => file(1_000_000 + (seed % 1_000) * 100_000 + run * FILES + index);
    const peerIds = sample.lives.map((_, peer) => `peer-${seed}-${run}-${peer}`);
    const causal: ModelEvent[] = [];
    const logs = sample.lives.flatMap((lives, peer) => {
      const written: Record<Topic, ModelEvent[]> = { lifecycle: [], updates: [], heartbeats: [] };
      for (const [index, { edge, catalog, updates, end }] of lives.entries()) {
        const of = {
          peerId: peerIds[peer] as string,
          edgeId: `edge-${edge}`,
          connectionId: connection(index + 1),
        };
        const write = (topic: Topic, event: ModelEvent) => {
          written[topic].push(event);
          causal.push(event);
        };
        write('lifecycle', { type: 'established', ...of, catalogIds: catalog.map(name) });
        for (const { kind, added, removed, heartbeats } of updates) {
          const parts = kind === 'parts' ? [added.slice(0, 2), added.slice(2)] : [added];
          const updateId = `${index}-${written.updates.length}`;
          for (const [part, some] of parts.entries())
            write('updates', {
              type: 'updated',
              ...catalogUpdate({
                ...of,
                catalogIds: some.map(name),
                removedCatalogIds: kind === 'delta' ? removed.map(name) : [],
                isFull: kind !== 'delta',
                final: part === parts.length - 1,
                updateId,
              }),
            });
          for (let beat = 0; beat < heartbeats; beat += 1)
            write('heartbeats', { type: 'heartbeat', ...of, activeStreams: beat });
        }
        if (end !== 'open') write('lifecycle', { type: 'closed', ...of, replaced: end === 'replaced' });
      }
      return Object.values(written).map((events) => ({ events, at: 0 }));
    });
    return { peerIds, files: [0, 1, 2, 3].map(name), phases: deliver(logs, sample.order), causal };
  });
}

function deliver(
  logs: { events: ModelEvent[]; at: number }[],
  order: readonly { log: number; rewind: number }[],
): ModelEvent[][] {
  const delivered: ModelEvent[] = [];
  for (const { log, rewind } of order) {
    const waiting = logs.filter(({ events, at }) => at < events.length);
    const chosen = waiting[log % Math.max(1, waiting.length)];
    if (!chosen) break;
    // Only what the consumer had not committed comes again.
    if (rewind < 3) chosen.at = Math.max(0, chosen.at - rewind);
    delivered.push(chosen.events[chosen.at] as ModelEvent);
    chosen.at += 1;
  }
  for (const { events, at } of logs) delivered.push(...events.slice(at));
  const size = Math.ceil(delivered.length / PHASES);
  return Array.from({ length: PHASES }, (_, phase) => delivered.slice(phase * size, (phase + 1) * size));
}
