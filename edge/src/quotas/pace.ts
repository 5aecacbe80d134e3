import { LRUCache } from 'lru-cache';
import { type Budget, type BudgetConfig, type Cost, createBudgets } from './budget.ts';

export interface PaceConfig {
  /** What one peer may send, over all its connections. */
  peer: BudgetConfig;
  /** What the peers of one address, or of one /64 of IPv6, may send together. */
  network: BudgetConfig;
}

/** Bytes of messages that wait for their turn, over all peers; a message beyond them is refused. */
export const MAX_WAITING_BYTES = 32 * 1_024 * 1_024;
/** Peers and networks whose spending is remembered; beyond them the one not seen for longest starts anew. */
const MAX_REMEMBERED = 50_000;
/** Shortest time between two looks at who may go on, in milliseconds. */
const SHORTEST_WAIT_MS = 5;

interface Waiting {
  cost: Cost;
  bytes: number;
  go(): void;
}

interface Network {
  budget: Budget;
  /** Those of its peers that have something waiting. */
  waiting: Set<Sender>;
  timer: NodeJS.Timeout | undefined;
}

interface Sender {
  budget: Budget;
  network: Network;
  /** In order; empty unless the peer is slowed down, and then little: its stream is not read. */
  queue: Waiting[];
}

export type Admission = { admitted: true; waits: boolean } | { admitted: false; retryAfterMs: number };

/**
 * Slows peers down to what they, and all peers of their network, may send. A message over that waits for its turn; of the
 * peers of one network the one that has used least of its own budget comes first, so that a flood delays itself.
 */
export function createPace<Key extends object>(
  config: PaceConfig,
  deps: {
    /** The peer of this connection waits, or no longer does. */
    onWait(connection: Key, waits: boolean): void;
    now?: () => number;
  },
) {
  const { onWait, now = () => performance.now() } = deps;
  const remember = <V extends object>() =>
    new LRUCache<string, V>({ maxSize: MAX_REMEMBERED, sizeCalculation: () => 1 });
  const peers = remember<Budget>();
  const networks = remember<Network>();
  const ofPeer = createBudgets(config.peer);
  const ofNetwork = createBudgets(config.network);
  const senders = new Map<Key, Sender>();
  let waitingBytes = 0;

  const networkNamed = (name: string): Network => {
    const known = networks.get(name);
    if (known) return known;
    const made = {
      budget: ofNetwork.create(now()),
      waiting: new Set<Sender>(),
      timer: undefined,
    };
    networks.set(name, made);
    return made;
  };

  /** Those of a network that wait and may send as far as their own budgets go, the one that will have spent least first. */
  const inTurn = (network: Network, time: number): Sender[] =>
    [...network.waiting]
      .filter(({ budget, queue }) => ofPeer.affords(budget, queue[0]!.cost, time))
      .map((sender) => ({ sender, spent: ofPeer.spentWith(sender.budget, sender.queue[0]!.cost, time) }))
      .sort((a, b) => a.spent - b.spent)
      .map(({ sender }) => sender);

  /** Lets go whoever is next, until the network can afford that no more: nobody overtakes with something cheaper. */
  const serve = (network: Network) => {
    clearTimeout(network.timer);
    network.timer = undefined;
    const time = now();
    for (let able = inTurn(network, time); able.length > 0; able = inTurn(network, time))
      for (const sender of able) {
        const next = sender.queue[0];
        // What went before may have ended this one.
        if (!next) continue;
        if (!ofNetwork.affords(network.budget, next.cost, time)) return schedule(network, time);
        sender.queue.shift();
        if (sender.queue.length === 0) network.waiting.delete(sender);
        spend(sender, next.cost, time);
        waitingBytes -= next.bytes;
        next.go();
      }
    schedule(network, time);
  };

  const schedule = (network: Network, time: number) => {
    if (network.timer || network.waiting.size === 0) return;
    const [first] = inTurn(network, time);
    const wait = first
      ? ofNetwork.msUntil(network.budget, first.queue[0]!.cost, time)
      : Math.min(
          ...[...network.waiting].map(({ budget, queue }) => ofPeer.msUntil(budget, queue[0]!.cost, time)),
        );
    network.timer = setTimeout(() => serve(network), Math.max(SHORTEST_WAIT_MS, wait)).unref();
  };

  const affords = ({ budget, network }: Sender, cost: Cost, time: number): boolean =>
    ofPeer.affords(budget, cost, time) && ofNetwork.affords(network.budget, cost, time);

  const spend = ({ budget, network }: Sender, cost: Cost, time: number) => {
    ofPeer.spend(budget, cost, time);
    ofNetwork.spend(network.budget, cost, time);
  };

  return {
    /** To be called before the first message of a connection. */
    open(connection: Key, peerId: string, networkName: string): void {
      const known = peers.get(peerId);
      const budget = known ?? ofPeer.create(now());
      if (!known) peers.set(peerId, budget);
      senders.set(connection, { budget, network: networkNamed(networkName), queue: [] });
    },

    /** Calls `go` at once where the budgets allow, and otherwise when it is the message's turn. */
    admit(connection: Key, { cost, bytes, go }: Waiting): Admission {
      const sender = senders.get(connection);
      if (!sender) return { admitted: false, retryAfterMs: 0 };
      const { budget, network, queue } = sender;
      const time = now();
      // While others of the network wait, it is their turn or this one's: `serve` decides.
      if (network.waiting.size === 0 && affords(sender, cost, time)) {
        spend(sender, cost, time);
        go();
        return { admitted: true, waits: false };
      }
      if (waitingBytes + bytes > MAX_WAITING_BYTES) {
        const retryAfterMs = Math.max(
          ofPeer.msUntil(budget, cost, time),
          ofNetwork.msUntil(network.budget, cost, time),
        );
        return { admitted: false, retryAfterMs: Math.ceil(retryAfterMs) };
      }
      waitingBytes += bytes;
      queue.push({
        cost,
        bytes,
        go() {
          go();
          // Only now may the next one be read.
          if (queue.length === 0) onWait(connection, false);
        },
      });
      network.waiting.add(sender);
      if (affords(sender, cost, time)) serve(network);
      else schedule(network, time);
      const waits = queue.length > 0;
      if (waits) onWait(connection, true);
      return { admitted: true, waits };
    },

    /** Drops what waits of a connection that closed. */
    close(connection: Key): void {
      const sender = senders.get(connection);
      senders.delete(connection);
      if (!sender) return;
      for (const { bytes } of sender.queue.splice(0)) waitingBytes -= bytes;
      sender.network.waiting.delete(sender);
    },

    waitingBytes: () => waitingBytes,
  };
}
