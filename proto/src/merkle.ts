import { BLOCK_SIZE, PIECE_SIZE } from './data-channel.ts';

/**
 * BEP 52 Merkle trees: SHA-256 over blocks of 16 KiB (the last block is hashed at its own length), leaves
 * padded with zero hashes to a power of two. The root over the blocks of a whole file is its pieces root.
 *
 * The hash function is passed in, because Node hashes synchronously and a browser does not.
 */
export type HashPair = (left: Uint8Array, right: Uint8Array) => Uint8Array | Promise<Uint8Array>;

export const HASH_SIZE = 32;
/** Tree levels between a block and a piece. */
export const PIECE_LAYER_HEIGHT = Math.log2(PIECE_SIZE / BLOCK_SIZE);

/** Number of blocks of a file, at least 1. */
export function blockCount(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / BLOCK_SIZE));
}

/** Number of levels above the leaves of a tree over `leaves` leaves; the leaf count padded to a power of two is 2^height. */
export function treeHeight(leaves: number): number {
  return Math.ceil(Math.log2(Math.max(1, leaves)));
}
