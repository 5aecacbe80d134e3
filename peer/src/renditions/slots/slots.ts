/** Most that may wait, of all accounts and of one: who waits takes a connection and some memory. */
const MAX_WAITING = 64;
const MAX_WAITING_OF_ACCOUNT = 4;

/** Work that has its place. */
export interface Slot {
  /** Whether it may cost so much instead: less always, more where there is room and nobody waits. */
  change(cost: number): boolean;
  /** Gives the place to whoever waits; later calls do nothing. */
  release(): void;
}

export interface SlotRequest {
  cost: number;
  /** Whose turn it is, in fairness to others. */
  account: string;
  /** Called with the place in the queue, from 1, at once and whenever it changes; without it nothing is waited for. */
  onQueued?: ((position: number) => void) | undefined;
  signal: AbortSignal;
}

/** Places for work, by what it costs. */
export interface Slots {
  /**
   * Null where there is no room, and the request does not wait or too many do.
   *
   * @throws the signal's reason; the place in the queue is given up
   */
  acquire(request: SlotRequest): Promise<Slot | null>;
  /** Whether work of that cost would have its place at once. */
  hasRoom(cost: number): boolean;
  /** What the work under way costs. */
  used(): number;
  waiting(): number;
}

interface Waiter {
  cost: number;
  account: string;
  position: number;
  onQueued(position: number): void;
  grant(slot: Slot): void;
}

/**
 * Never gives more places than the capacity is worth. Accounts take turns, and within an account the first comes first. Nobody
 * overtakes: who needs much would otherwise wait for as long as others need little.
 */
export function createSlots({ capacity }: { capacity: number }): Slots {
  let used = 0;
  /** Waiters by account; the accounts in the order of their turns. */
  const queue = new Map<string, Waiter[]>();
  const waiting = () => [...queue.values()].reduce((sum, { length }) => sum + length, 0);
  const hasRoom = (cost: number) => queue.size === 0 && used + Math.min(cost, capacity) <= capacity;

  const take = (wanted: number): Slot => {
    let cost = Math.min(wanted, capacity);
    let held = true;
    used += cost;
    return {
      change(next) {
        const more = Math.min(next, capacity) - cost;
        if (!held || (more > 0 && !hasRoom(more))) return false;
        cost += more;
        used += more;
        if (more < 0) serve();
        return true;
      },
      release() {
        if (!held) return;
        held = false;
        used -= cost;
        serve();
      },
    };
  };

  const serve = () => {
    for (;;) {
      const [turn] = queue;
      const next = turn?.[1][0];
      if (!turn || !next || used + next.cost > capacity) break;
      const [account, waiters] = turn;
      waiters.shift();
      queue.delete(account);
      if (waiters.length > 0) queue.set(account, waiters);
      next.grant(take(next.cost));
    }
    sayPositions();
  };

  /** In the order in which they will be served. */
  const sayPositions = () => {
    let position = 0;
    const lines = [...queue.values()].map((waiters) => [...waiters]);
    for (let round = 0; lines.some(({ length }) => length > round); round += 1)
      for (const line of lines) {
        const waiter = line[round];
        if (!waiter) continue;
        position += 1;
        if (waiter.position === position) continue;
        waiter.position = position;
        waiter.onQueued(position);
      }
  };

  const leave = (waiter: Waiter) => {
    const waiters = queue.get(waiter.account)?.filter((one) => one !== waiter) ?? [];
    if (waiters.length > 0) queue.set(waiter.account, waiters);
    else queue.delete(waiter.account);
    serve();
  };

  return {
    async acquire({ cost, account, onQueued, signal }) {
      signal.throwIfAborted();
      if (hasRoom(cost)) return take(cost);
      const own = queue.get(account) ?? [];
      if (!onQueued || waiting() >= MAX_WAITING || own.length >= MAX_WAITING_OF_ACCOUNT) return null;
      const { promise, resolve, reject } = Promise.withResolvers<Slot>();
      const waiter: Waiter = {
        cost: Math.min(cost, capacity),
        account,
        position: 0,
        onQueued,
        grant(slot) {
          signal.removeEventListener('abort', abort);
          resolve(slot);
        },
      };
      const abort = () => {
        leave(waiter);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      queue.set(account, [...own, waiter]);
      sayPositions();
      return promise;
    },
    hasRoom,
    used: () => used,
    waiting,
  };
}
