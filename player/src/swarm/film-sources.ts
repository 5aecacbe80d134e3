import { ChannelError } from '../channel/channel-error.ts';
import type { Timers } from '../ports/timers.ts';
import type { SourceProblem } from '../session/operations.ts';
import { MAX_SOURCES } from './limits.ts';
import { createSlot, type Slot } from './slot.ts';
import type { SourceConnection } from './source.ts';
import { createSourceCount } from './source-count.ts';
import { createSwarm, type SourceFigures, type Swarm, type SwarmRead } from './swarm.ts';

/** Failures in a row of the first source, whatever peers it had, before reads fail if no other source is there. */
const MAX_FAILURES = 5;
/** A peer that replaces one that failed is asked after so long, doubled with each failure. */
const FIRST_WAIT_MS = 300;
const MAX_WAIT_MS = 5_000;

/** Where a film's pieces come from: the link's own peer, which is source 0, and further peers for the original alone. */
export interface FilmSources {
  /** The pieces `first` to `end` (exclusive). */
  read(first: number, end: number): SwarmRead;
  /** The link has opened the original at a peer. */
  opened(connection: SourceConnection): void;
  /** It is about to open it anew, or has lost its peer. */
  interrupted(): void;
  /** It opens something else than the original: further sources are left. */
  suspend(): void;
  /** It has found no peer, and does not look for one any more. */
  failed(error: unknown): void;
  /** Whether further sources give pieces. */
  hasFurther(): boolean;
  /** Leaves a further source, whose peer the link may then have. */
  yieldPeer(): void;
  /** The connections to further sources. */
  connections(): SourceConnection[];
  figures(): SourceFigures[];
  /** Beside what the swarm counts: sources that were left as they sent what is not of the film. */
  totals(): ReturnType<Swarm['totals']> & { unproven: number };
  close(): void;
}

export function createFilmSources(deps: {
  timers: Timers;
  now(): number;
  random(): number;
  /** What the server allows. */
  maxSources: number;
  /** Bytes per second, where the film's own rate does not count. */
  neededRate?: number | undefined;
  /** Opens the original at a further peer. @throws when there is none */
  connect(source: number, attempt: number): Promise<SourceConnection>;
  leave(source: number, problem: SourceProblem | null): void;
  /** Drops the link's connection, upon which the link looks for another peer. */
  abandon(connection: SourceConnection, problem: SourceProblem | null): void;
}): FilmSources {
  const { timers } = deps;
  const most = Math.min(MAX_SOURCES, Math.max(1, deps.maxSources));
  const wantedCount = createSourceCount(most);
  let first: SourceConnection | null = null;
  let failures = 0;
  let lastFailure: { error: unknown; at: number } | null = null;
  /** Why the link looks for no peer any more. */
  let linkFailure: { error: unknown } | null = null;
  let hasBytes = false;
  let sizeBytes: number | null = null;
  let unproven = 0;
  let neededRate: number | null = deps.neededRate ?? null;

  const swarm = createSwarm({
    timers,
    now: deps.now,
    onTick: adjust,
    onVerified(source) {
      if (source === 0) failures = 0;
      if (hasBytes) return;
      hasBytes = true;
      adjust();
    },
  });
  const slots: Slot[] = Array.from({ length: most - 1 }, (_, index) => {
    const number = index + 1;
    const slot: Slot = createSlot({
      number,
      timers,
      random: deps.random,
      connect: (attempt) => deps.connect(number, attempt),
      leave: (problem) => deps.leave(number, problem),
      onOpen(connection) {
        // Of the two that disagree the link's peer is believed; its own pieces show whether it is right.
        if (connection.opened.sizeBytes !== sizeBytes) return slot.replace(null);
        swarm.add({
          number,
          client: connection.client,
          sizeBytes: connection.opened.sizeBytes ?? 0,
          onLeft: slot.replace,
          onFailed: (error) => slot.replace(noted(problemOf(error))),
          onFailedLate: (error) => blame(connection, error),
        });
      },
      onGone() {
        swarm.remove(number);
        if (linkFailure && !hasFurther()) swarm.fail(linkFailure.error, true);
      },
    });
    return slot;
  });
  const activeSlots = () => slots.filter((slot) => slot.isActive());

  function adjust() {
    // A peer that the link is about to ask is not to be taken from it.
    if (sizeBytes === null || !first) return;
    const active = activeSlots();
    const figures = swarm.figures().filter(({ isOpen }) => isOpen);
    const wanted = wantedCount({
      now: deps.now(),
      hasBytes,
      rates: figures.map(({ bytesPerSecond }) => bytesPerSecond).filter((rate) => rate !== null),
      active: active.length + 1,
      neededRate,
      isStarving: swarm.isStarving(),
    });
    const idle = slots.filter((slot) => !slot.isActive());
    for (const slot of idle.slice(0, Math.max(0, wanted - 1 - active.length))) slot.start();
    if (wanted - 1 < active.length) slowest(active)?.stop();
  }
  /** One that asks in vain before one that gives little. */
  const slowest = (among: Slot[]) => {
    const rates = new Map(swarm.figures().map(({ source, bytesPerSecond }) => [source, bytesPerSecond ?? 0]));
    const rateOf = (slot: Slot) => (slot.connection() ? (rates.get(slot.number) ?? 0) : -1);
    return among.reduce<Slot | null>(
      (one, other) => (one && rateOf(one) <= rateOf(other) ? one : other),
      null,
    );
  };

  const addFirst = (connection: SourceConnection) => {
    if (first !== connection) return;
    swarm.add({
      number: 0,
      client: connection.client,
      sizeBytes: connection.opened.sizeBytes ?? 0,
      onLeft: (problem) => abandon(connection, problem),
      onFailedLate: (error) => blame(connection, error),
      onFailed(error) {
        failures += 1;
        lastFailure = { error, at: deps.now() };
        abandon(connection, noted(problemOf(error)));
        if (failures > MAX_FAILURES && !hasFurther()) {
          swarm.fail(error, false);
          failures = 0;
        }
      },
    });
  };
  const abandon = (connection: SourceConnection, problem: SourceProblem | null) => {
    if (first === connection) first = null;
    deps.abandon(connection, problem);
  };
  /** One that goes right after it lied has lied all the same. */
  const blame = (connection: SourceConnection, error: unknown) => {
    const problem = noted(problemOf(error));
    if (problem) connection.blame(problem);
  };
  const noted = (problem: SourceProblem | null) => {
    if (problem === 'NOT_PROVEN') unproven += 1;
    return problem;
  };
  const hasFurther = () => swarm.sources().some((number) => number > 0);
  const suspend = (isOver = false) => {
    first = null;
    swarm.remove(0);
    sizeBytes = null;
    hasBytes = false;
    for (const slot of slots) slot.stop(isOver);
  };

  return {
    read: swarm.read,
    opened(connection) {
      first = connection;
      linkFailure = null;
      ({ sizeBytes } = connection.opened);
      const { durationSeconds } = connection.opened;
      neededRate = deps.neededRate ?? (durationSeconds ? (sizeBytes ?? 0) / durationSeconds : null);
      const isAfterFailure = lastFailure && failures > 0 && !wasClosed(lastFailure.error);
      const wait = isAfterFailure ? Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)) : 0;
      const left = wait - (deps.now() - (lastFailure?.at ?? 0));
      if (wait > 0 && left > 0) timers.after(left, () => addFirst(connection));
      else addFirst(connection);
    },
    interrupted() {
      first = null;
      swarm.remove(0);
    },
    suspend: () => suspend(),
    failed(error) {
      linkFailure = { error };
      if (!hasFurther()) swarm.fail(error, true);
    },
    hasFurther,
    yieldPeer() {
      const open = slots.filter((slot) => slot.connection());
      slowest(open)?.stop();
    },
    connections: () => slots.map((slot) => slot.connection()).filter((connection) => connection !== null),
    figures: swarm.figures,
    totals: () => ({ ...swarm.totals(), unproven }),
    close() {
      suspend(true);
      swarm.fail(new ChannelError('closed', 'the playback has ended'), true);
    },
  };
}

function problemOf(error: unknown): SourceProblem | null {
  return error instanceof ChannelError && error.code === 'not_proven' ? 'NOT_PROVEN' : null;
}

function wasClosed(error: unknown): boolean {
  return error instanceof ChannelError && error.code === 'closed';
}
