import { BLOCK_SIZE } from '@giggityflix/proto/data-channel';
import { pieceHash } from '@giggityflix/proto/merkle';
import { sha256 } from '@noble/hashes/sha2.js';

export { sha256 };

/**
 * Hashes the blocks of a piece off the main thread, natively; the few digests above them are quicker here
 * than the calls would be.
 */
export async function hashPiece(piece: Uint8Array, sizeBytes: number): Promise<Uint8Array> {
  const blocks: Promise<ArrayBuffer>[] = [];
  for (let at = 0; at < piece.byteLength; at += BLOCK_SIZE)
    blocks.push(
      crypto.subtle.digest('SHA-256', piece.subarray(at, at + BLOCK_SIZE) as Uint8Array<ArrayBuffer>),
    );
  const digests = (await Promise.all(blocks)).map((digest) => new Uint8Array(digest));
  return pieceHash(digests, sizeBytes, sha256);
}
