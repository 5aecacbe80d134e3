import { LRUCache } from 'lru-cache';
import { type Budget, type BudgetConfig, type Cost, createBudget } from './budget.ts';

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
  const senders = new Map<Key, Sender>();
  let waitingBytes = 0;

  const networkNamed = (name: string): Network => {
    const known = networks.get(name);
    if (known) return known;
    const made = {
      budget: createBudget(config.network, now()),
      waiting: new Set<Sender>(),
      timer: undefined,
    };
    networks.set(name, made);
    return made;
  };

  /** Those of a network that wait and may send as far as their own budgets go, the one that will have spent least first. */
  const inTurn = (network: Network, time: number): Sender[] =>
    [...network.waiting]
      .filter(({ budget, queue }) => budget.affords(queue[0]!.cost, time))
      .map((sender) => ({ sender, spent: sender.budget.spentWith(sender.queue[0]!.cost, time) }))
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
        if (!network.budget.affords(next.cost, time)) return schedule(network, time);
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
      ? network.budget.msUntil(first.queue[0]!.cost, time)
      : Math.min(...[...network.waiting].map(({ budget, queue }) => budget.msUntil(queue[0]!.cost, time)));
    network.timer = setTimeout(() => serve(network), Math.max(SHORTEST_WAIT_MS, wait)).unref();
  };

  const spend = ({ budget, network }: Sender, cost: Cost, time: number) => {
    budget.spend(cost, time);
    network.budget.spend(cost, time);
  };

  return {
    /** To be called before the first message of a connection. */
    open(connection: Key, peerId: string, networkName: string): void {
      const known = peers.get(peerId);
      const budget = known ?? createBudget(config.peer, now());
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
      if (network.waiting.size === 0 && budget.affords(cost, time) && network.budget.affords(cost, time)) {
        spend(sender, cost, time);
        go();
        return { admitted: true, waits: false };
      }
      if (waitingBytes + bytes > MAX_WAITING_BYTES) {
        const retryAfterMs = Math.max(budget.msUntil(cost, time), network.budget.msUntil(cost, time));
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
      if (budget.affords(cost, time) && network.budget.affords(cost, time)) serve(network);
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
