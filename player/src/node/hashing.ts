import { pieceHashOf } from '@giggityflix/proto/merkle';
import { sha256 } from '@giggityflix/proto/sha256';
import type { Hashing } from '../ports/hashing.ts';

/** {@link Hashing} over OpenSSL. */
export const nodeHashing: Hashing = {
  sha256,
  hashPiece: (piece, sizeBytes) => pieceHashOf(piece, sizeBytes, sha256),
};
