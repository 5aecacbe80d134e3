import { hash } from 'node:crypto';
import { BLOCK_SIZE, PIECE_SIZE } from '@giggityflix/proto/data-channel';

const HASH_BYTES = 32;
const BLOCKS_PER_PIECE = PIECE_SIZE / BLOCK_SIZE;
const PAIR_BYTES = 2 * HASH_BYTES;

const sha256 = (data: Uint8Array): Buffer => hash('sha256', data, 'buffer');

/** The root of a subtree of `height` levels whose leaves are all zero: what BEP 52 pads with. */
const ZERO_SUBTREES: Buffer[] = [Buffer.alloc(HASH_BYTES)];
function zeroSubtree(height: number): Buffer {
  while (ZERO_SUBTREES.length <= height) {
    const below = ZERO_SUBTREES.at(-1)!;
    ZERO_SUBTREES.push(sha256(Buffer.concat([below, below])));
  }
  return ZERO_SUBTREES[height]!;
}

/**
 * Reduces a row of hashes in place to its root, padding to `width` (a power of two) with the zero subtree
 * of `height`. `hashes` holds `count` hashes from its start and is overwritten.
 */
function reduce(hashes: Buffer, count: number, width: number, height: number): Buffer {
  let have = count;
  let level = height;
  for (let row = width; row > 1; row /= 2) {
    if (have % 2 === 1 && have < row) zeroSubtree(level).copy(hashes, have++ * HASH_BYTES);
    for (let i = 0; i < have; i += 2) {
      sha256(hashes.subarray(i * HASH_BYTES, i * HASH_BYTES + PAIR_BYTES)).copy(hashes, (i / 2) * HASH_BYTES);
    }
    have = Math.max(1, have / 2);
    level += 1;
  }
  return Buffer.from(hashes.subarray(0, HASH_BYTES));
}

function powerOfTwoFrom(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)));
}

export interface PiecesResult {
  /** BEP 52 pieces root: the catalog id, 32 bytes. */
  root: Buffer;
  /** 32 bytes per piece of 256 KiB; the root itself for a file of at most one piece. */
  pieceLayer: Buffer;
}

/**
 * Computes the BEP 52 pieces root of a file from its bytes in order. Every `update` but the last must be a
 * whole number of pieces (256 KiB): the caller reads in such units anyway, and nothing has to be copied.
 */
export function createPiecesHasher() {
  const layer: Buffer[] = [];
  const blocks = Buffer.alloc((BLOCKS_PER_PIECE + 1) * HASH_BYTES);
  let lastBlocks = 0;
  let open = true;

  /** Leaves the block hashes of one piece at the start of `blocks`; returns their number. */
  function hashBlocks(piece: Uint8Array): number {
    let count = 0;
    for (let at = 0; at < piece.length; at += BLOCK_SIZE) {
      sha256(piece.subarray(at, Math.min(piece.length, at + BLOCK_SIZE))).copy(blocks, count++ * HASH_BYTES);
    }
    return count;
  }

  return {
    update(data: Uint8Array): void {
      if (!open) throw new Error('only the last part of a file may be shorter than a piece');
      if (data.length % PIECE_SIZE !== 0) open = false;
      for (let at = 0; at < data.length; at += PIECE_SIZE) {
        lastBlocks = hashBlocks(data.subarray(at, Math.min(data.length, at + PIECE_SIZE)));
        // A file within one piece is padded to the next power of two only, which `digest` knows and this does not.
        if (layer.length === 0 && lastBlocks < BLOCKS_PER_PIECE) {
          const copy = Buffer.from(blocks);
          layer.push(reduce(copy, lastBlocks, powerOfTwoFrom(lastBlocks), 0));
        } else {
          layer.push(reduce(blocks, lastBlocks, BLOCKS_PER_PIECE, 0));
        }
      }
    },
    /** @throws Error for a file without bytes, which has no pieces root. */
    digest(): PiecesResult {
      if (layer.length === 0) throw new Error('an empty file has no pieces root');
      const pieceLayer = Buffer.concat(layer);
      if (layer.length === 1) return { root: pieceLayer, pieceLayer };
      const row = Buffer.alloc(pieceLayer.length + HASH_BYTES);
      pieceLayer.copy(row);
      const root = reduce(row, layer.length, powerOfTwoFrom(layer.length), Math.log2(BLOCKS_PER_PIECE));
      return { root, pieceLayer };
    },
  };
}
