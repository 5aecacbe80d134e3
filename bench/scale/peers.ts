/** A process of simulated peers: it is told what to do over IPC, see `messages.ts`. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectPeer, newKey, type SimulatedPeer } from '../edge/peers.ts';
import {
  addedFile,
  catalogId,
  elsewhere,
  filesOf,
  type LoadPlan,
  type LoadRequest,
  staysAway,
} from './messages.ts';

/** Registrations under way at a time, so that none waits for longer than an edge allows. */
const AT_A_TIME = 50;
const HEARTBEAT_MS = 10_000;
/** Peers that lose their edge come back within this time, each after its own wait; milliseconds. */
const SPREAD_MS = 1_000;

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan;
const peers = Array.from({ length: plan.count }, (_, index) => createPeer(plan.from + index));
const requests: Record<LoadRequest, () => Promise<string[]>> = {
  connect: async () => {
    await inTurns((peer) => peer.connect(peer.number % plan.ports.length));
    return peers.map(({ id }) => id());
  },
  announce: async () => {
    await inTurns((peer) => peer.announce([addedFile(peer.number, plan)]));
    return [];
  },
  // Peers come back by themselves; this only waits for those that do.
  reconnect: async () => {
    const moved = peers.filter((peer) => peer.isLost() && !staysAway(peer.number, plan.ports.length));
    await Promise.all(moved.map((peer) => peer.back()));
    return moved.map(({ id }) => id());
  },
};
process.on('message', (request: LoadRequest) => {
  requests[request]().then(
    (peerIds) => process.send?.({ peerIds }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
setInterval(() => {
  for (const peer of peers) peer.beat();
}, HEARTBEAT_MS).unref();
process.send?.({ peerIds: [] });

async function inTurns(work: (peer: ReturnType<typeof createPeer>) => Promise<void>): Promise<void> {
  const waiting = peers.values();
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (const peer of waiting) await work(peer);
    }),
  );
}

function createPeer(number: number) {
  const key = newKey();
  const shared = filesOf(number, plan);
  let connection: SimulatedPeer | null = null;
  let sequence = 0;
  let lost: Promise<void> | null = null;
  const acknowledged = new Map<number, () => void>();
  let peerId = '';

  const connect = async (edge: number): Promise<void> => {
    const opened = await connectPeer(plan.ports[edge] as number, key);
    connection = opened;
    peerId = opened.peerId;
    sequence = 0;
    opened.onMessage = (message) => {
      if (message.$case !== 'acknowledgement') return;
      for (const [sent, done] of acknowledged)
        if (sent <= message.value.sequence) {
          acknowledged.delete(sent);
          done();
        }
    };
    opened.call.once('error', () => {
      opened.close();
      connection = null;
      lost ??= comeBack(elsewhere(number, plan.ports.length));
    });
    await announce(shared, true);
  };
  const comeBack = async (edge: number) => {
    if (staysAway(number, plan.ports.length)) return;
    for (;;) {
      await sleep(randomInt(SPREAD_MS));
      try {
        return await connect(edge);
      } catch {
        // More at once than the edge's listener queues.
      }
    }
  };
  /** Resolves once the edge has it on the bus. */
  const announce = (files: readonly number[], full = false) =>
    new Promise<void>((resolve) => {
      if (!full) shared.push(...files);
      sequence += 1;
      acknowledged.set(sequence, resolve);
      connection?.send(
        {
          $case: 'catalogUpdate',
          value: {
            full,
            catalogIds: files.map(catalogId),
            removedCatalogIds: [],
            updateId: '',
            final: true,
          },
        },
        sequence,
      );
    });
  return {
    number,
    id: () => peerId,
    connect,
    announce,
    isLost: () => lost !== null,
    back: async () => lost ?? undefined,
    beat: () => connection?.send({ $case: 'heartbeat', value: { sentAt: undefined, activeStreams: 0 } }),
  };
}
