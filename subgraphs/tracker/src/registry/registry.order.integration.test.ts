import { expect, it } from 'vitest';
import { type History, interleavings } from '../../testing/interleavings.ts';
import { createModel, type ModelEvent } from '../../testing/model.ts';

const HISTORIES = 5_000;
const SEED = Number(process.env.TRACKER_SEED ?? Date.now() % 1_000_000);

/** Whether the newest connection of each peer announces what it shares, as a peer daemon does when it connects. */
function isAnnounced({ peerIds, causal }: History): boolean {
  return peerIds.every((peerId) => {
    const events = causal.filter((event) => event.peerId === peerId);
    const newest = events.at(-1)?.connectionId;
    const [established, next] = events.filter(
      ({ connectionId, type }) => connectionId === newest && type !== 'heartbeat',
    );
    if (established?.type === 'established' && established.catalogIds.length > 0) return true;
    return next?.type === 'closed' ? !next.replaced : next?.type === 'updated' && next.isFull;
  });
}

function countsAfter(events: readonly ModelEvent[], files: readonly string[]): number[] {
  const model = createModel();
  for (const event of events) model.apply(event, 0);
  return files.map(model.count);
}

// On the model, with which the interleavings test compares the adapters.
it(`ends in the same counts whatever the order and repetition of deliveries (seed ${SEED})`, () => {
  const histories = interleavings(HISTORIES, SEED).filter(isAnnounced);
  expect(histories.length).toBeGreaterThan(HISTORIES / 4);
  for (const { phases, causal, files } of histories)
    expect(countsAfter(phases.flat(), files), JSON.stringify({ causal, delivered: phases.flat() })).toEqual(
      countsAfter(causal, files),
    );
});
