import { BLOCK_SIZE } from './data-channel.ts';
import { blockCount, HASH_SIZE, hashPair, type Sha256, treeHeight } from './merkle.ts';

/** Bytes of a node's two halves: a block of this length can be an inner node of the tree and proves nothing. */
export const AMBIGUOUS_BLOCK_SIZE = 2 * HASH_SIZE;

/** Levels of the largest tree a proof may be of: 2^31 blocks are 32 TiB. */
const MAX_HEIGHT = 31;

/** A peer's claim to have the block at a challenge's position. */
export interface HoldingClaim {
  sizeBytes: number;
  block: Uint8Array;
  /** Uncle hashes, from the block's sibling up to below the root. */
  path: readonly Uint8Array[];
}

/** `ambiguous`: it fits, and could be made by someone who has nothing but hashes. */
export type HoldingVerdict = 'proven' | 'wrong' | 'ambiguous';

/**
 * The block a challenge asks for: the lowest bits of the position choose a leaf of the padded tree, and where the file
 * has no block there, the highest of these bits is cleared. The size is the peer's own claim, and the length of the path
 * fixes all of it that matters: a liar who has one block cannot name a size for which it would be the one asked for.
 */
export function challengedBlock(position: number, sizeBytes: number): number {
  const blocks = blockCount(sizeBytes);
  const height = treeHeight(blocks);
  const leaf = position % 2 ** height;
  return leaf < blocks ? leaf : leaf - 2 ** (height - 1);
}

/** Bytes of a block; all but the last are whole. */
export function blockLength(index: number, sizeBytes: number): number {
  return Math.min(BLOCK_SIZE, sizeBytes - index * BLOCK_SIZE);
}

/** Whether a claim shows that its maker has the block which `position` asks for, of the file with that pieces root. */
export function verifyHolding(
  challenge: { root: Uint8Array; position: number },
  { sizeBytes, block, path }: HoldingClaim,
  sha256: Sha256,
): HoldingVerdict {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) return 'wrong';
  const height = treeHeight(blockCount(sizeBytes));
  if (height > MAX_HEIGHT || path.length !== height) return 'wrong';
  const index = challengedBlock(challenge.position, sizeBytes);
  if (block.byteLength !== blockLength(index, sizeBytes)) return 'wrong';
  let hash = sha256(block);
  let node = index;
  for (const uncle of path) {
    if (uncle.byteLength !== HASH_SIZE) return 'wrong';
    hash = node % 2 === 0 ? hashPair(hash, uncle, sha256) : hashPair(uncle, hash, sha256);
    node = Math.floor(node / 2);
  }
  const { root } = challenge;
  if (root.byteLength !== HASH_SIZE || !hash.every((byte, at) => byte === root[at])) return 'wrong';
  return block.byteLength === AMBIGUOUS_BLOCK_SIZE ? 'ambiguous' : 'proven';
}

/** The uncle hashes of a block inside its piece, given the hashes of the piece's blocks in order. */
export function pathInPiece(
  blockHashes: readonly Uint8Array[],
  at: number,
  height: number,
  sha256: Sha256,
): Uint8Array[] {
  const path: Uint8Array[] = [];
  let level = blockHashes;
  let pad: Uint8Array = new Uint8Array(HASH_SIZE);
  for (let step = 0, node = at; step < height; step += 1, node = Math.floor(node / 2)) {
    path.push(level[node ^ 1] ?? pad);
    const below = level;
    const padding = pad;
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, index) =>
      hashPair(below[2 * index]!, below[2 * index + 1] ?? padding, sha256),
    );
    pad = hashPair(pad, pad, sha256);
  }
  return path;
}
