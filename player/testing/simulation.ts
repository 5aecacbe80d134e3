import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { ChannelError } from '../src/channel/channel-error.ts';
import type { Timers } from '../src/ports/timers.ts';
import type { PieceClient, SourceConnection } from '../src/swarm/source.ts';

/** Time that passes only when the test lets it, whatever the machine does. */
export function createClock() {
  let now = 0;
  let entries: { at: number; order: number; run: () => void }[] = [];
  let order = 0;
  const timers: Timers = {
    after(ms, run) {
      const entry = { at: now + ms, order: order++, run };
      entries.push(entry);
      return () => {
        entries = entries.filter((other) => other !== entry);
      };
    },
  };
  return {
    timers,
    now: () => now,
    /** Lets time pass until `isDone`, or until nothing more happens or that time has come. */
    async run(isDone: () => boolean, untilMs = Number.POSITIVE_INFINITY): Promise<void> {
      for (;;) {
        await new Promise(setImmediate);
        if (isDone()) return;
        const next = entries.reduce<(typeof entries)[number] | null>(
          (one, other) =>
            one && (one.at < other.at || (one.at === other.at && one.order < other.order)) ? one : other,
          null,
        );
        if (!next || next.at > untilMs) return;
        entries = entries.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.run();
      }
    },
  };
}

export type Clock = ReturnType<typeof createClock>;

/** What a simulated peer is like. */
export interface PeerNature {
  bytesPerSecond: number;
  /** From a request to its first byte. */
  latencyMs: number;
  /** From 0 to 1: how much the time of each piece varies. */
  jitter?: number;
  /** Whether a piece it sends is not of the film. */
  lies?(): boolean;
}

/** Bytes of what stands for a piece: its index. */
export const SENT_BYTES = 4;
/** Fragments of a piece, as they reach the receiver one after the other. */
const FRAGMENTS = 4;

/** A peer with an ordered line of a certain rate, that serves requests in turns of a piece, as peers do. */
export function createSimulatedPeer(clock: Clock, nature: PeerNature, random: () => number) {
  let received = 0;
  let isServing = false;
  let isSilent = false;
  let end: ((reason: string) => void) | null = null;
  let line: { next: number; end: number; give(index: number): void }[] = [];

  const serve = () => {
    const request = line.shift();
    if (!request || isSilent) {
      isServing = false;
      return;
    }
    isServing = true;
    const index = request.next++;
    const ms = (PIECE_SIZE / nature.bytesPerSecond) * 1_000 * (1 + (nature.jitter ?? 0) * (random() - 0.5));
    for (let fragment = 1; fragment <= FRAGMENTS; fragment += 1)
      clock.timers.after((ms * fragment) / FRAGMENTS, () => {
        if (isSilent) return;
        received += PIECE_SIZE / FRAGMENTS;
        if (fragment < FRAGMENTS) return;
        request.give(index);
        if (request.next < request.end) line.push(request);
        serve();
      });
  };

  const client: PieceClient = {
    takenBytes: () => received,
    async *read(start, endByte, signal) {
      const came: number[] = [];
      let wake = () => {};
      const request = {
        next: Math.floor(start / PIECE_SIZE),
        end: Math.ceil(endByte / PIECE_SIZE),
        give(index: number) {
          came.push(index);
          wake();
        },
      };
      let expected = request.next;
      const cancel = () => {
        line = line.filter((other) => other !== request);
        request.end = request.next;
        wake();
      };
      signal?.addEventListener('abort', cancel);
      clock.timers.after(nature.latencyMs, () => {
        if (signal?.aborted) return;
        line.push(request);
        if (!isServing) serve();
      });
      const until = request.end;
      while (expected < until) {
        signal?.throwIfAborted();
        if (end === null && isGone) throw new ChannelError('closed', 'gone');
        const index = came.shift();
        if (index === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            wakes.add(resolve);
          });
          continue;
        }
        if (nature.lies?.())
          throw new ChannelError('not_proven', `piece ${index} does not belong to the film`);
        expected += 1;
        yield { index, data: new Uint8Array(Uint32Array.of(index).buffer) };
      }
    },
  };
  const wakes = new Set<() => void>();
  let isGone = false;
  const { promise: lost, resolve } = Promise.withResolvers<string>();
  end = resolve;

  const leave = (reason: string) => {
    isGone = true;
    end?.(reason);
    end = null;
    line = [];
    for (const wake of wakes) wake();
  };
  return {
    client,
    nature,
    /** As a player has it once the original is open. */
    connection(sizeBytes: number, durationSeconds: number): SourceConnection {
      return {
        client: { ...client, renewToken() {} },
        opened: { sizeBytes, durationSeconds },
        lost,
        blame() {},
        close: () => leave('closed'),
      };
    },
    /** It sends nothing more, and nobody hears of it. */
    fallSilent() {
      isSilent = true;
    },
    /** Its connection closes. */
    leave,
  };
}

export type SimulatedPeer = ReturnType<typeof createSimulatedPeer>;

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
