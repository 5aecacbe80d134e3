import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import type { SourceProblem } from '../session/operations.ts';
import type { Demand } from './demand.ts';
import { createHealth, type Health } from './health.ts';
import {
  ASSUMED_LATENCY_MS,
  FREE_DUPLICATES,
  LATE_FACTOR,
  MAX_RUNS,
  PIECES_PER_DUPLICATE,
  SLOW_AFTER_MS,
  SLOW_SHARE,
  WINDOW_PIECES,
} from './limits.ts';

/** What is to be done. */
export type Command =
  /** Ask a source for the pieces `first` to `end` (exclusive). */
  | { kind: 'ask'; run: number; source: number; first: number; end: number }
  /** What the request would still bring is not wanted from it. */
  | { kind: 'cancel'; run: number; source: number }
  | { kind: 'leave'; source: number; problem: SourceProblem };

/**
 * Decides which source is asked for which piece, and nothing else: it knows neither connections nor timers. Every piece is given to
 * the source that would have it first, the one due first at the front, so that a slow source gets what is due later.
 */
export interface Scheduler {
  add(source: number): void;
  /** Whatever was asked of the source is to be had elsewhere. */
  remove(source: number): void;
  sources(): number[];
  health(source: number): Health | undefined;
  /** A verified piece has come; false when it had come before. */
  received(run: number, index: number, now: number): boolean;
  /** A request has ended, with all of its pieces or without. */
  ended(run: number, now: number): void;
  /** To be called after every change and now and then: `isStarving` when reads wait for more than they should. */
  plan(now: number, isStarving: boolean): Command[];
  figures(): { outstanding: number; duplicates: number };
}

interface Run {
  id: number;
  source: number;
  pieces: Set<number>;
  askedAt: number;
  /** Whether no other request was open at the source. */
  wasFirst: boolean;
  /** Other copies of what it was to bring came first. */
  isSuperseded: boolean;
}

interface Source {
  health: Health;
  runs: Map<number, Run>;
  /** Pieces outstanding. */
  count: number;
}

export function createScheduler(demand: Demand, isHeld: (index: number) => boolean): Scheduler {
  const sources = new Map<number, Source>();
  const runs = new Map<number, Run>();
  /** The requests that a piece is expected from. */
  const expected = new Map<number, Run[]>();
  let nextRun = 1;
  let delivered = 0;
  let duplicates = 0;

  const forget = (run: Run, index: number) => {
    if (!run.pieces.delete(index)) return;
    const source = sources.get(run.source);
    if (source) source.count -= 1;
    const others = expected.get(index)?.filter((other) => other !== run) ?? [];
    if (others.length > 0) expected.set(index, others);
    else expected.delete(index);
  };
  const end = (run: Run, now: number) => {
    for (const index of [...run.pieces]) forget(run, index);
    runs.delete(run.id);
    const source = sources.get(run.source);
    source?.runs.delete(run.id);
    if (source?.runs.size === 0) source.health.rests(now);
  };
  const ask = (number: number, pieces: number[], now: number): Command => {
    const source = sources.get(number) as Source;
    const wasFirst = source.runs.size === 0;
    if (wasFirst) source.health.begins(now);
    const run: Run = {
      id: nextRun++,
      source: number,
      pieces: new Set(pieces),
      askedAt: now,
      wasFirst,
      isSuperseded: false,
    };
    runs.set(run.id, run);
    source.runs.set(run.id, run);
    source.count += pieces.length;
    for (const index of pieces) expected.set(index, [...(expected.get(index) ?? []), run]);
    const first = pieces[0] as number;
    return { kind: 'ask', run: run.id, source: number, first, end: first + pieces.length };
  };

  /** How long it takes until a source has sent so many pieces; one that has not been measured is taken to be as the others are on average. */
  const estimate = (now: number) => {
    const known = [...sources.values()].filter(({ health }) => health.rate() !== null);
    const average = (figure: (health: Health) => number, otherwise: number) =>
      known.length === 0
        ? otherwise
        : known.reduce((sum, { health }) => sum + figure(health), 0) / known.length;
    const rate = average((health) => health.rate() ?? 0, PIECE_SIZE);
    const latencyMs = average((health) => health.latencyMs(), ASSUMED_LATENCY_MS);
    return ({ health }: Source, pieces: number) =>
      (health.rate() === null ? latencyMs : health.latencyMs()) +
      (pieces * PIECE_SIZE * 1_000) / Math.max(1, health.likelyRate(now) ?? rate);
  };

  /** Requests of which nothing is wanted any more: their reads were cancelled, or other copies came first. */
  const cancelUnwanted = (now: number): Command[] => {
    const commands: Command[] = [];
    for (const run of [...runs.values()]) {
      if ([...run.pieces].some((index) => demand.isWanted(index) && !isHeld(index))) continue;
      if (run.pieces.size === 0 && !run.isSuperseded) continue;
      // Whether a suspect source is still there shows in its last request.
      const source = sources.get(run.source) as Source;
      if (source.runs.size === 1 && source.health.isSuspect(now) && !demand.isEmpty()) continue;
      end(run, now);
      commands.push({ kind: 'cancel', run: run.id, source: run.source });
    }
    return commands;
  };

  const leave = (number: number, problem: SourceProblem): Command => {
    remove(number);
    return { kind: 'leave', source: number, problem };
  };
  const remove = (number: number) => {
    const source = sources.get(number);
    if (!source) return;
    for (const run of [...source.runs.values()]) end(run, 0);
    sources.delete(number);
  };

  /** Sources that are to be given up, and requests taken back from those of which that may come. */
  const judge = (now: number, isStarving: boolean): Command[] => {
    const commands: Command[] = [];
    for (const [number, { health }] of [...sources])
      if (health.isStalled(now) && (number > 0 || hasOther(number, now)))
        commands.push(leave(number, 'STALLED'));
    const best = Math.max(0, ...[...sources.values()].map(({ health }) => health.rate() ?? 0));
    for (const [number, { health }] of [...sources]) {
      const rate = health.rate();
      const isSlow = rate !== null && rate < SLOW_SHARE * best && health.measuredMs() > SLOW_AFTER_MS;
      if (isStarving && isSlow && !health.isSuspect(now)) commands.push(leave(number, 'SLOW'));
    }
    for (const [number, source] of sources) {
      if (!source.health.isSuspect(now) || !hasOther(number, now)) continue;
      for (const run of [...source.runs.values()].slice(1)) {
        end(run, now);
        commands.push({ kind: 'cancel', run: run.id, source: number });
      }
    }
    return commands;
  };
  /** Whether another source than this one can be expected to give something. */
  const hasOther = (number: number, now: number) =>
    [...sources].some(([other, { health }]) => other !== number && !health.isSuspect(now));

  const distribute = (now: number): Command[] => {
    const commands: Command[] = [];
    const timeFor = estimate(now);
    const usable = [...sources].filter(
      ([number, { health }]) => !health.isSuspect(now) || !hasOther(number, now),
    );
    if (usable.length === 0) return commands;
    /** With what they would be given later, which is given to nobody now. */
    const queued = new Map(usable.map(([number, { count }]) => [number, count]));
    const open = demand.wanted(now).filter((index) => !isHeld(index) && !expected.has(index));
    for (let at = 0; at < open.length; ) {
      const [number, source] = usable.reduce((one, other) =>
        timeFor(other[1], (queued.get(other[0]) as number) + 1) <
        timeFor(one[1], (queued.get(one[0]) as number) + 1)
          ? other
          : one,
      );
      const length = contiguous(open, at, source.health.runLength());
      queued.set(number, (queued.get(number) as number) + length);
      const room = Math.min(source.health.target() - source.count, WINDOW_PIECES - expected.size);
      const taken = Math.min(room, length);
      if (taken > 0 && source.runs.size < MAX_RUNS)
        commands.push(ask(number, open.slice(at, at + taken), now));
      at += length;
    }
    return commands;
  };

  /** Asks a second source for what is due and late, if that would have it sooner. */
  const duplicate = (now: number): Command[] => {
    const commands: Command[] = [];
    const timeFor = estimate(now);
    for (const index of demand.due()) {
      const [run, second] = expected.get(index) ?? [];
      if (!run || second || isHeld(index)) continue;
      if (duplicates >= FREE_DUPLICATES + delivered / PIECES_PER_DUPLICATE) return commands;
      const slow = sources.get(run.source) as Source;
      const free = [...sources]
        .filter(([number, { health, count, runs: open }]) => {
          const hasRoom = count < health.target() && open.size < MAX_RUNS;
          return number !== run.source && hasRoom && !health.isSuspect(now);
        })
        .map(([number, source]) => ({ number, ms: timeFor(source, source.count + 1) }))
        .sort((one, other) => one.ms - other.ms)[0];
      if (!free || now - run.askedAt <= free.ms) continue;
      const before = [...slow.runs.values()].filter(({ askedAt }) => askedAt <= run.askedAt);
      const left = Math.min(
        slow.count,
        before.reduce((sum, { pieces }) => sum + pieces.size, 0),
      );
      const leftMs = timeFor(slow, left) - slow.health.latencyMs();
      const isLate = now - run.askedAt > LATE_FACTOR * timeFor(slow, slow.health.target());
      if (!isLate && !slow.health.isSuspect(now) && leftMs <= free.ms) continue;
      duplicates += 1;
      commands.push(ask(free.number, [index], now));
    }
    return commands;
  };

  return {
    add(source) {
      remove(source);
      sources.set(source, { health: createHealth(), runs: new Map(), count: 0 });
    },
    remove,
    sources: () => [...sources.keys()],
    health: (source) => sources.get(source)?.health,
    received(id, index, now) {
      const run = runs.get(id);
      if (run?.wasFirst) {
        run.wasFirst = false;
        sources.get(run.source)?.health.respondedAfter(now - run.askedAt);
      }
      if (run) forget(run, index);
      if (isHeld(index)) return false;
      for (const other of expected.get(index) ?? []) {
        forget(other, index);
        other.isSuperseded = true;
      }
      delivered += 1;
      return true;
    },
    ended(id, now) {
      const run = runs.get(id);
      if (run) end(run, now);
    },
    plan(now, isStarving) {
      demand.wanted(now);
      const settled = [...cancelUnwanted(now), ...judge(now, isStarving)];
      // What is late has the room before what is not yet due.
      return [...settled, ...duplicate(now), ...distribute(now)];
    },
    figures: () => ({ outstanding: expected.size, duplicates }),
  };
}

/** How many of `list` from `at` on follow each other, at most `most`. */
function contiguous(list: number[], at: number, most: number): number {
  let length = 1;
  while (length < most && list[at + length] === (list[at] as number) + length) length += 1;
  return length;
}
