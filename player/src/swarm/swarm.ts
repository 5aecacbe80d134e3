import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import type { ReceivedPiece } from '../channel/viewer-client.ts';
import type { Timers } from '../ports/timers.ts';
import type { SourceProblem } from '../session/operations.ts';
import { createDemand } from './demand.ts';
import { STARVED_SHARE, TICK_MS } from './limits.ts';
import { createPieceStore } from './piece-store.ts';
import { type Command, createScheduler } from './scheduler.ts';
import type { PieceClient } from './source.ts';

export interface SwarmSource {
  /** Its number in the session. */
  number: number;
  client: PieceClient;
  sizeBytes: number;
  /** The scheduler has left it, and gives it nothing more. */
  onLeft(problem: SourceProblem): void;
  /** A request failed, upon which the source has been removed. */
  onFailed(error: unknown): void;
  /** A request failed after the source had been removed: what came before may not be of the film. */
  onFailedLate?(error: unknown): void;
}

/** What a source has given. */
export interface SourceFigures {
  source: number;
  /** Bytes per second while it is asked for something; null until measured. */
  bytesPerSecond: number | null;
  /** Bytes of verified pieces that came first from it. */
  verifiedBytes: number;
  verifiedPieces: number;
  /** Whether it gives pieces now. */
  isOpen: boolean;
}

/** A read of consecutive pieces. */
export interface SwarmRead {
  /** The next piece, verified; null at the end, and once closed. @throws what `fail` was called with */
  next(): Promise<{ index: number; data: Uint8Array } | null>;
  close(): void;
}

/** Pieces of one film from several sources, of which every one is verified. */
export interface Swarm {
  add(source: SwarmSource): void;
  /** Without a word to the source; what it was asked for is asked of others. */
  remove(number: number): void;
  /** A read of the pieces `first` to `end` (exclusive). */
  read(first: number, end: number): SwarmRead;
  /** Reads that wait fail. With `isFinal` nothing can come any more, so that those to come fail too, until a source is added. */
  fail(error: unknown, isFinal: boolean): void;
  /** Whether reads wait more than they should. */
  isStarving(): boolean;
  isReading(): boolean;
  sources(): number[];
  figures(): SourceFigures[];
  /** Pieces in memory and on their way, and requests made twice. */
  totals(): { held: number; outstanding: number; duplicates: number };
}

/** How long reads are looked at, to say whether they wait. */
const STARVED_TIME_MS = 2_000;
const NOTHING = { bytes: 0, pieces: 0 };

export function createSwarm(deps: {
  timers: Timers;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Called every {@link TICK_MS} while there are reads. */
  onTick?(): void;
  onVerified?(source: number): void;
}): Swarm {
  const { timers, now } = deps;
  const sources = new Map<number, SwarmSource>();
  const verified = new Map<number, { bytes: number; pieces: number }>();
  /** Requests under way. */
  const requests = new Map<number, { source: number; abort: AbortController }>();
  const waiting = new Map<number, { index: number; wake(): void; fail(error: unknown): void }>();
  let failure: { error: unknown } | null = null;
  let nextRead = 1;
  let starved = 0;
  let lookedAt = 0;
  let isTicking = false;
  let isPlanning = false;
  let isPlanDue = false;
  let sizeBytes = 0;

  const demand = createDemand(() => Math.ceil(sizeBytes / PIECE_SIZE));
  const store = createPieceStore(demand.isWanted);
  const scheduler = createScheduler(demand, store.has);
  const isStarving = () => starved > STARVED_SHARE;

  const plan = () => {
    isPlanDue = true;
    // What a command leads to may change things again, which the plan under way has yet to see.
    if (isPlanning) return;
    isPlanning = true;
    try {
      while (isPlanDue) {
        isPlanDue = false;
        const at = now();
        for (const [number, { client }] of sources)
          scheduler.health(number)?.progress(client.takenBytes(), at);
        for (const command of scheduler.plan(at, isStarving())) follow(command);
      }
    } finally {
      isPlanning = false;
    }
  };
  const follow = (command: Command) => {
    switch (command.kind) {
      case 'ask':
        return void ask(command);
      case 'cancel':
        return requests.get(command.run)?.abort.abort();
      case 'leave': {
        const source = sources.get(command.source);
        drop(command.source);
        return source?.onLeft(command.problem);
      }
    }
  };

  const ask = async ({ run, source: number, first, end }: Command & { kind: 'ask' }) => {
    const source = sources.get(number);
    if (!source) return scheduler.ended(run, now());
    const abort = new AbortController();
    requests.set(run, { source: number, abort });
    let next = first;
    try {
      const until = Math.min(end * PIECE_SIZE, source.sizeBytes);
      for await (const piece of source.client.read(first * PIECE_SIZE, until, abort.signal)) {
        next = piece.index + 1;
        take(run, number, piece);
      }
      if (next < end && !abort.signal.aborted) throw new Error('the peer ended a request early');
    } catch (error) {
      if (!abort.signal.aborted && sources.get(number) === source) {
        drop(number);
        source.onFailed(error);
      } else if (error !== abort.signal.reason) source.onFailedLate?.(error);
    } finally {
      requests.delete(run);
      scheduler.ended(run, now());
      plan();
    }
  };
  const take = (run: number, number: number, { index, data }: ReceivedPiece) => {
    const at = now();
    const client = sources.get(number)?.client;
    if (client) scheduler.health(number)?.progress(client.takenBytes(), at);
    if (scheduler.received(run, index, at)) {
      store.put(index, data);
      const { bytes, pieces } = verified.get(number) ?? NOTHING;
      verified.set(number, { bytes: bytes + data.byteLength, pieces: pieces + 1 });
      deps.onVerified?.(number);
      for (const read of waiting.values()) if (read.index === index) read.wake();
    }
    plan();
  };
  const drop = (number: number) => {
    if (!sources.delete(number)) return;
    scheduler.remove(number);
    for (const { source, abort } of requests.values()) if (source === number) abort.abort();
  };

  const tick = () => {
    if (demand.isEmpty()) {
      isTicking = false;
      return;
    }
    timers.after(TICK_MS, tick);
    const at = now();
    const weight = 1 - Math.exp(-(at - lookedAt) / STARVED_TIME_MS);
    starved += weight * ((waiting.size > 0 ? 1 : 0) - starved);
    lookedAt = at;
    plan();
    deps.onTick?.();
  };

  return {
    add(source) {
      drop(source.number);
      failure = null;
      sizeBytes = source.sizeBytes;
      sources.set(source.number, source);
      scheduler.add(source.number);
      scheduler.health(source.number)?.progress(source.client.takenBytes(), now());
      plan();
    },
    remove(number) {
      drop(number);
      plan();
    },
    read(first, end) {
      const id = nextRead++;
      let at = first;
      let isClosed = false;
      demand.open(id, first, end);
      if (!isTicking) {
        isTicking = true;
        lookedAt = now();
        timers.after(TICK_MS, tick);
      }
      plan();
      return {
        async next() {
          const index = at;
          while (index < end && !isClosed && !store.has(index)) {
            if (failure) throw failure.error;
            const { promise, resolve, reject } = Promise.withResolvers<void>();
            waiting.set(id, { index, wake: resolve, fail: reject });
            try {
              await promise;
            } finally {
              waiting.delete(id);
            }
          }
          if (index >= end || isClosed) return null;
          at += 1;
          demand.move(id, at);
          const data = store.take(index) as Uint8Array;
          plan();
          return { index, data };
        },
        close() {
          isClosed = true;
          demand.close(id, now());
          waiting.get(id)?.wake();
          plan();
        },
      };
    },
    fail(error, isFinal) {
      if (isFinal) failure = { error };
      for (const read of waiting.values()) read.fail(error);
    },
    isStarving,
    isReading: () => !demand.isEmpty(),
    sources: () => [...sources.keys()],
    figures: () =>
      [...new Set([...sources.keys(), ...verified.keys()])]
        .sort((one, other) => one - other)
        .map((source) => ({
          source,
          bytesPerSecond: scheduler.health(source)?.rate() ?? null,
          verifiedBytes: (verified.get(source) ?? NOTHING).bytes,
          verifiedPieces: (verified.get(source) ?? NOTHING).pieces,
          isOpen: sources.has(source),
        })),
    totals: () => ({ held: store.size(), ...scheduler.figures() }),
  };
}
