import { TRAIL_MS, TRAIL_PIECES, WINDOW_PIECES } from './limits.ts';

/** The pieces that reads want, by deadline. */
export interface Demand {
  /** A read of the pieces `at` to `end` (exclusive). */
  open(id: number, at: number, end: number): void;
  /** The read wants the piece at `at` next. */
  move(id: number, at: number): void;
  close(id: number, now: number): void;
  /** Pieces ahead of the reads, held or not, the one due first at the front. */
  wanted(now: number): number[];
  /** The pieces that reads want next. */
  due(): number[];
  isWanted(index: number): boolean;
  isEmpty(): boolean;
}

interface Read {
  from: number;
  at: number;
  end: number;
}

/** @param lastPiece pieces of the film, beyond which nothing is fetched */
export function createDemand(pieces: () => number): Demand {
  /** In the order in which they began. */
  const reads = new Map<number, Read>();
  let trail: { at: number; end: number; until: number; streak: number } | null = null;
  let isWantedNow: Set<number> | null = null;

  const shareOf = () => Math.max(1, Math.floor(WINDOW_PIECES / Math.max(1, reads.size)));
  const list = (now: number): number[] => {
    const share = shareOf();
    const newestFirst = [...reads.values()].reverse();
    const ordered = new Set<number>();
    for (let ahead = 0; ahead < share; ahead += 1)
      for (const { at, end } of newestFirst) if (at + ahead < end) ordered.add(at + ahead);
    if (trail && now >= trail.until) trail = null;
    const room = WINDOW_PIECES - ordered.size;
    for (let at = trail?.at ?? 0; trail && at < Math.min(trail.end, trail.at + room); at += 1)
      ordered.add(at);
    return [...ordered];
  };

  return {
    open(id, at, end) {
      // What follows the last read goes on with it; anything else is another place.
      const streak = trail && at >= trail.at - 1 && at <= trail.at ? trail.streak : 0;
      reads.set(id, { from: at - streak, at, end });
      if (streak === 0) trail = null;
      isWantedNow = null;
    },
    move(id, at) {
      const read = reads.get(id);
      if (read) read.at = at;
      isWantedNow = null;
    },
    close(id, now) {
      const read = reads.get(id);
      if (!read) return;
      reads.delete(id);
      isWantedNow = null;
      if (read.at < read.end) {
        if (trail && trail.at === read.end) trail = null;
        return;
      }
      // As much as has been read in one go: whoever reads here and there wants little more of each place.
      const streak = read.end - read.from;
      const end = Math.min(pieces(), read.end + Math.min(TRAIL_PIECES, streak));
      trail = { at: read.end, end, until: now + TRAIL_MS, streak };
    },
    wanted(now) {
      const ordered = list(now);
      isWantedNow = new Set(ordered);
      return ordered;
    },
    due: () => [...reads.values()].filter(({ at, end }) => at < end).map(({ at }) => at),
    isWanted: (index) => {
      isWantedNow ??= new Set(list(0));
      return isWantedNow.has(index);
    },
    isEmpty: () => reads.size === 0,
  };
}
