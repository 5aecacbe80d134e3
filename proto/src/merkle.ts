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

/** The part of a file's tree from its pieces up. */
export interface PieceTree {
  readonly root: Uint8Array;
  readonly pieces: number;
  /** Hash of a piece. */
  piece(index: number): Uint8Array;
  /** Uncle hashes of a piece from its sibling up to below the root; empty for a file of one piece. */
  proof(index: number): Uint8Array[];
}

/**
 * Builds the tree over a piece layer (the pieces' hashes, one after the other). Takes about twice the
 * layer's memory: 4 MB for a film of 16 GB.
 */
export function createPieceTree(pieceLayer: Uint8Array, sha256: Sha256): PieceTree {
  const pieces = pieceLayer.byteLength / HASH_SIZE;
  if (!Number.isInteger(pieces) || pieces < 1)
    throw new RangeError(`a piece layer of ${pieceLayer.byteLength} bytes is not a list of digests`);
  const levels = [pieceLayer];
  const paddings = [paddingRoot(PIECE_LAYER_HEIGHT, sha256)];
  for (let height = treeHeight(pieces), step = 0; step < height; step += 1) {
    const below = levels[step]!;
    const pad = paddings[step]!;
    const count = Math.ceil(below.byteLength / HASH_SIZE / 2);
    const above = new Uint8Array(count * HASH_SIZE);
    for (let index = 0; index < count; index += 1)
      above.set(
        hashPair(at(below, 2 * index) as Uint8Array, at(below, 2 * index + 1) ?? pad, sha256),
        index * HASH_SIZE,
      );
    levels.push(above);
    paddings.push(hashPair(pad, pad, sha256));
  }
  return {
    root: levels.at(-1)!.slice(0, HASH_SIZE),
    pieces,
    piece: (index) => {
      const found = at(pieceLayer, index);
      if (!found) throw new RangeError(`piece ${index} of ${pieces}`);
      return found;
    },
    proof(index) {
      if (!Number.isInteger(index) || index < 0 || index >= pieces)
        throw new RangeError(`piece ${index} of ${pieces}`);
      const uncles: Uint8Array[] = [];
      for (let step = 0, node = index; step < levels.length - 1; step += 1, node = Math.floor(node / 2))
        uncles.push(at(levels[step]!, node ^ 1) ?? paddings[step]!);
      return uncles;
    },
  };
}

function at(level: Uint8Array, index: number): Uint8Array | undefined {
  const offset = index * HASH_SIZE;
  return offset >= 0 && offset < level.byteLength ? level.subarray(offset, offset + HASH_SIZE) : undefined;
}

/** Whether a piece with this hash stands at `index` of the file of that size and pieces root. */
export function verifyPiece(claim: {
  pieceHash: Uint8Array;
  index: number;
  proof: readonly Uint8Array[];
  sizeBytes: number;
  root: Uint8Array;
  sha256: Sha256;
}): boolean {
  const pieces = pieceCount(claim.sizeBytes);
  if (!Number.isInteger(claim.index) || claim.index < 0 || claim.index >= pieces) return false;
  if (claim.proof.length !== treeHeight(pieces)) return false;
  let hash = claim.pieceHash;
  let node = claim.index;
  for (const uncle of claim.proof) {
    if (uncle.byteLength !== HASH_SIZE) return false;
    hash = node % 2 === 0 ? hashPair(hash, uncle, claim.sha256) : hashPair(uncle, hash, claim.sha256);
    node = Math.floor(node / 2);
  }
  return equalBytes(hash, claim.root);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  for (let index = 0; index < a.byteLength; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Digest of a whole file, fed in parts of any length. */
export interface PiecesHasher {
  update(chunk: Uint8Array): void;
  /**
   * The pieces root, the piece layer it stands on, and the bytes seen. An empty file has no pieces root
   * (BEP 52): the root is null.
   */
  finish(): { root: Uint8Array | null; pieceLayer: Uint8Array; sizeBytes: number };
}

export function createPiecesHasher(sha256: Sha256): PiecesHasher {
  const block = new Uint8Array(BLOCK_SIZE);
  let filled = 0;
  let sizeBytes = 0;
  let blocks: Uint8Array[] = [];
  let layer = new Uint8Array(64 * HASH_SIZE);
  let pieces = 0;

  const closePiece = (fileSize: number) => {
    if ((pieces + 1) * HASH_SIZE > layer.byteLength) {
      const larger = new Uint8Array(layer.byteLength * 2);
      larger.set(layer);
      layer = larger;
    }
    layer.set(pieceHash(blocks, fileSize, sha256), pieces * HASH_SIZE);
    pieces += 1;
    blocks = [];
  };
  const addBlock = (data: Uint8Array) => {
    // A sixteenth block only closes its piece when another follows it, or the file ends: until then the
    // file may still be one of a single piece.
    if (blocks.length === PIECE_SIZE / BLOCK_SIZE) closePiece(Number.MAX_SAFE_INTEGER);
    blocks.push(sha256(data));
  };

  return {
    update(chunk) {
      sizeBytes += chunk.byteLength;
      let at = 0;
      if (filled > 0) {
        at = Math.min(BLOCK_SIZE - filled, chunk.byteLength);
        block.set(chunk.subarray(0, at), filled);
        filled += at;
        if (filled === BLOCK_SIZE) {
          addBlock(block);
          filled = 0;
        }
      }
      for (; chunk.byteLength - at >= BLOCK_SIZE; at += BLOCK_SIZE)
        addBlock(chunk.subarray(at, at + BLOCK_SIZE));
      if (at < chunk.byteLength) {
        block.set(chunk.subarray(at));
        filled = chunk.byteLength - at;
      }
    },
    finish() {
      if (filled > 0) addBlock(block.subarray(0, filled));
      if (blocks.length > 0) closePiece(sizeBytes);
      const pieceLayer = layer.slice(0, pieces * HASH_SIZE);
      return { root: pieces === 0 ? null : createPieceTree(pieceLayer, sha256).root, pieceLayer, sizeBytes };
    },
  };
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
