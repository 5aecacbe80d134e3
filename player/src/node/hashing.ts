import { hash } from 'node:crypto';
import { pieceHashOf } from '@giggityflix/proto/merkle';
import type { Hashing } from '../ports/hashing.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');

/** {@link Hashing} over OpenSSL. */
export const nodeHashing: Hashing = {
  sha256,
  hashPiece: (piece, sizeBytes) => pieceHashOf(piece, sizeBytes, sha256),
};
