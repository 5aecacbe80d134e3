import { CHANGE_MS, GROW_MULTIPLE, SHRINK_AFTER_MS, SHRINK_MULTIPLE } from './limits.ts';

/** What the number of sources rests on. */
export interface Supply {
  now: number;
  /** Whether a verified piece has come: the first picture waits for nothing else. */
  hasBytes: boolean;
  /** Bytes per second of the sources that give pieces. */
  rates: readonly number[];
  /** Slots that have a peer or ask for one, the first included. */
  active: number;
  /** Bytes per second that the film needs; null where nobody knows, infinite for who wants it as fast as can be. */
  neededRate: number | null;
  /** Whether reads wait for pieces more than they should. */
  isStarving: boolean;
}

/** How many sources there should be. One at first, two once bytes flow, more only while they give too little. */
export function createSourceCount(most: number): (supply: Supply) => number {
  let changedAt = Number.NEGATIVE_INFINITY;
  /** Since when there has been plenty. */
  let plentySince: number | null = null;

  return ({ now, hasBytes, rates, active, neededRate, isStarving }) => {
    if (neededRate === Number.POSITIVE_INFINITY) return most;
    if (!hasBytes) return Math.min(most, 1);
    if (active < 2) {
      changedAt = now;
      return Math.min(most, 2);
    }
    const sum = rates.reduce((total, rate) => total + rate, 0);
    const isShort = isStarving || (neededRate !== null && sum < GROW_MULTIPLE * neededRate);
    const others = sum - Math.min(...rates, Number.POSITIVE_INFINITY);
    const isPlenty = !isStarving && neededRate !== null && others > SHRINK_MULTIPLE * neededRate;
    plentySince = isPlenty ? (plentySince ?? now) : null;
    if (isShort && active < most && now - changedAt >= CHANGE_MS) {
      changedAt = now;
      return active + 1;
    }
    if (active > 2 && plentySince !== null && now - Math.max(plentySince, changedAt) >= SHRINK_AFTER_MS) {
      changedAt = now;
      return active - 1;
    }
    return Math.min(most, active);
  };
}
