import { networkOf } from './client-address.ts';

/** Bounds what one address, or one /64 of IPv6, has open at a time. */
export interface AddressCap {
  /** Counts one more; the result is to be called once when it is closed. Null when it would be too many. */
  enter(address: string): (() => void) | null;
}

/** `most` 0 is no bound. Each process counts for itself. */
export function createAddressCap(most: number): AddressCap {
  const open = new Map<string, number>();
  return {
    enter(address) {
      const network = networkOf(address);
      const count = open.get(network) ?? 0;
      if (most > 0 && count >= most) return null;
      open.set(network, count + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        const rest = (open.get(network) ?? 1) - 1;
        if (rest > 0) open.set(network, rest);
        else open.delete(network);
      };
    },
  };
}
