import { BLOCK_SIZE, PIECE_SIZE } from './data-channel.ts';

/**
 * BEP 52 Merkle trees: SHA-256 over blocks of 16 KiB (the last block is hashed at its own length), leaves
 * padded with 32 zero bytes to a power of two. The root over the blocks of a whole file is its pieces root.
 *
 * Nothing here hashes by itself: Node and browsers have different fast ways to SHA-256.
 */
export type Sha256 = (data: Uint8Array) => Uint8Array;

/** Bytes of a SHA-256 digest. */
export const HASH_SIZE = 32;
/** Tree levels between a block and a piece. */
export const PIECE_LAYER_HEIGHT = Math.log2(PIECE_SIZE / BLOCK_SIZE);

/** Number of blocks of a file, at least 1. */
export function blockCount(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / BLOCK_SIZE));
}

/** Number of pieces of a file, at least 1. */
export function pieceCount(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / PIECE_SIZE));
}

/** Bytes of one piece; all but the last are whole. */
export function pieceLength(index: number, sizeBytes: number): number {
  return Math.min(PIECE_SIZE, sizeBytes - index * PIECE_SIZE);
}

/** Levels above the leaves of a tree over `leaves` leaves; padded to a power of two they are 2^height. */
export function treeHeight(leaves: number): number {
  return Math.ceil(Math.log2(Math.max(1, leaves)));
}

/** Hashes the concatenation of two digests. */
export function hashPair(left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array {
  const both = new Uint8Array(2 * HASH_SIZE);
  both.set(left, 0);
  both.set(right, HASH_SIZE);
  return sha256(both);
}

/** Root of a subtree that holds nothing but padding: 2^height leaves of 32 zero bytes. */
export function paddingRoot(height: number, sha256: Sha256): Uint8Array {
  let root = new Uint8Array(HASH_SIZE);
  for (let level = 0; level < height; level += 1) root = new Uint8Array(hashPair(root, root, sha256));
  return root;
}

/** Root of a tree of `height` over `nodes`; places without a node hold `padding`. */
function foldUp(
  nodes: readonly Uint8Array[],
  height: number,
  padding: Uint8Array,
  sha256: Sha256,
): Uint8Array {
  let level = nodes;
  let pad = padding;
  for (let step = 0; step < height; step += 1) {
    const above: Uint8Array[] = [];
    for (let index = 0; index < level.length; index += 2)
      above.push(hashPair(level[index]!, level[index + 1] ?? pad, sha256));
    pad = hashPair(pad, pad, sha256);
    level = above;
  }
  return level[0] ?? pad;
}

/**
 * Hash of one piece in the piece layer, from the digests of its blocks. A file no larger than a piece is
 * padded to a power of two of blocks only, so that the hash of its one piece is its pieces root.
 */
export function pieceHash(blockHashes: readonly Uint8Array[], sizeBytes: number, sha256: Sha256): Uint8Array {
  const height = Math.min(PIECE_LAYER_HEIGHT, treeHeight(blockCount(sizeBytes)));
  return foldUp(blockHashes, height, new Uint8Array(HASH_SIZE), sha256);
}

/** The same from the piece's bytes. */
export function pieceHashOf(piece: Uint8Array, sizeBytes: number, sha256: Sha256): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < piece.byteLength; at += BLOCK_SIZE)
    blocks.push(sha256(piece.subarray(at, Math.min(piece.byteLength, at + BLOCK_SIZE))));
  return pieceHash(blocks, sizeBytes, sha256);
}

/** Lowercase hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** @throws RangeError for anything but an even number of hexadecimal digits. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) throw new RangeError('not hexadecimal');
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.byteLength; index += 1)
    bytes[index] = Number.parseInt(text.slice(2 * index, 2 * index + 2), 16);
  return bytes;
}
