import { afterEach, beforeEach } from 'vitest';
import type { TrackerState } from '../src/state/state.ts';
import { catalogUpdate, connection, countsByFile, drain, file, type StateUnderTest } from './fixtures.ts';

export const [A, B, C] = [file(1), file(2), file(3)] as [string, string, string];
/** The peer of every helper that is not given one. */
export const PEER = 'peer-1';
export const EDGE = 'edge-1';

/** A registry opened for each test of the suite that calls this, on a clock of its own, and what happens to it. */
export function registryUnderTest(create: () => Promise<StateUnderTest>) {
  let under: StateUnderTest;
  let state: TrackerState;
  let time: number;
  const openAnother = () => under.open({ now: () => time });

  beforeEach(async () => {
    time = Date.now();
    under = await create();
    state = await openAnother();
  });
  afterEach(() => under.close());

  return {
    get state() {
      return state;
    },
    /** The same state as another process opens it. */
    openAnother,
    now: () => time,
    advance(milliseconds: number) {
      time += milliseconds;
    },
    counts: (...catalogIds: string[]) => state.registry.countPeers(catalogIds),
    /** The counts published since the last call, by file. */
    changes: async () => Object.fromEntries(countsByFile(await drain(state.outbox))),
    establish: (n: number, catalogIds: string[] = [], peerId = PEER) =>
      state.registry.connectionEstablished({
        peerId,
        edgeId: EDGE,
        connectionId: connection(n),
        connectedAt: time,
        catalogIds,
      }),
    close: (n: number, replaced = false, peerId = PEER) =>
      state.registry.connectionClosed({ peerId, edgeId: EDGE, connectionId: connection(n), replaced }),
    full: (n: number, catalogIds: string[], peerId = PEER) =>
      state.registry.catalogUpdated(
        catalogUpdate({ peerId, connectionId: connection(n), catalogIds, isFull: true }),
      ),
    delta: (n: number, added: string[], removed: string[] = []) =>
      state.registry.catalogUpdated(
        catalogUpdate({
          peerId: PEER,
          connectionId: connection(n),
          catalogIds: added,
          removedCatalogIds: removed,
        }),
      ),
    beat: (n: number, activeStreams = 0) =>
      state.registry.heartbeat(EDGE, [{ peerId: PEER, connectionId: connection(n), activeStreams }]),
  };
}
