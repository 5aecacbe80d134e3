import type { Timers } from '../ports/timers.ts';
import type { SourceProblem } from '../session/operations.ts';
import { SLOT_FIRST_WAIT_MS, SLOT_LOST_WAIT_MS, SLOT_MAX_WAIT_MS } from './limits.ts';
import type { SourceConnection } from './source.ts';

/** The place of one further source: it has a peer, asks for one, or waits until it asks again. */
export interface Slot {
  readonly number: number;
  start(): void;
  /** Whether it has a peer or is to have one. */
  isActive(): boolean;
  connection(): SourceConnection | null;
  /** Leaves the peer, if there is one, and asks for another one. */
  replace(problem: SourceProblem | null): void;
  /** Leaves the peer, and asks for none; `isOver` where the session ends anyway, so that the server need not hear of it. */
  stop(isOver?: boolean): void;
}

export function createSlot(deps: {
  number: number;
  timers: Timers;
  /** From 0 to 1. */
  random(): number;
  /** @throws when no further peer can be had now */
  connect(attempt: number): Promise<SourceConnection>;
  /** Says to the server that the source is left. */
  leave(problem: SourceProblem | null): void;
  onOpen(connection: SourceConnection): void;
  onGone(): void;
}): Slot {
  const { number, timers } = deps;
  /** Changes with everything that makes an attempt under way unwanted. */
  let generation = 0;
  let isActive = false;
  /** The session has ended, so that the server need not hear of what is left. */
  let isOver = false;
  let open: SourceConnection | null = null;
  let failures = 0;
  let cancelWait = () => {};

  const attempt = async () => {
    const mine = ++generation;
    try {
      const connection = await deps.connect(failures + 1);
      if (mine !== generation) {
        connection.close();
        // Its offer may have followed the word that the source was left.
        if (!isActive && !isOver) deps.leave(null);
        return;
      }
      open = connection;
      void connection.lost.then(() => {
        if (open !== connection) return;
        gone();
        askIn(SLOT_LOST_WAIT_MS);
      });
      deps.onOpen(connection);
    } catch {
      if (mine === generation) askLater();
    }
  };
  const gone = () => {
    open = null;
    deps.onGone();
  };
  const askIn = (ms: number) => {
    generation += 1;
    cancelWait();
    cancelWait = timers.after(ms * (0.5 + deps.random()), () => void attempt());
  };
  const askLater = () => {
    failures += 1;
    askIn(Math.min(SLOT_MAX_WAIT_MS, SLOT_FIRST_WAIT_MS * 2 ** (failures - 1)));
  };
  const leave = (problem: SourceProblem | null) => {
    generation += 1;
    const left = open;
    open = null;
    // Before the next offer, so that another peer is chosen.
    if (!isOver) deps.leave(problem);
    left?.close();
    if (left) deps.onGone();
  };

  return {
    number,
    start() {
      if (isActive) return;
      isActive = true;
      failures = 0;
      void attempt();
    },
    isActive: () => isActive,
    connection: () => open,
    replace(problem) {
      if (!isActive) return;
      leave(problem);
      askLater();
    },
    stop(isOverNow = false) {
      isOver ||= isOverNow;
      if (!isActive) return;
      isActive = false;
      cancelWait();
      leave(null);
    },
  };
}
