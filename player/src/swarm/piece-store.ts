import { CACHED_PIECES } from './limits.ts';

/** Verified pieces: those that reads are about to take, and those taken last. */
export interface PieceStore {
  has(index: number): boolean;
  /** The piece, which counts as used now. */
  take(index: number): Uint8Array | undefined;
  put(index: number, data: Uint8Array): void;
  size(): number;
}

/** @param isWanted pieces that are not dropped, of which there are fewer than the store has room for */
export function createPieceStore(isWanted: (index: number) => boolean, most = CACHED_PIECES): PieceStore {
  /** Those used last at the end. */
  const pieces = new Map<number, Uint8Array>();
  const makeRoom = () => {
    for (const index of pieces.keys()) {
      if (pieces.size <= most) return;
      if (!isWanted(index)) pieces.delete(index);
    }
  };
  return {
    has: (index) => pieces.has(index),
    take(index) {
      const data = pieces.get(index);
      if (!data) return undefined;
      pieces.delete(index);
      pieces.set(index, data);
      return data;
    },
    put(index, data) {
      pieces.set(index, data);
      makeRoom();
    },
    size: () => pieces.size,
  };
}
