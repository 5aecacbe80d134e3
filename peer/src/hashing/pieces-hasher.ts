import { BLOCK_SIZE, PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { HASH_SIZE, pieceHash, type Sha256 } from '@giggityflix/proto/merkle';
import { createPieceTree } from './piece-tree.ts';

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
