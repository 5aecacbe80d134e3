import type { Sha256 } from '@giggityflix/proto/merkle';

/** SHA-256 of the platform. */
export interface Hashing {
  sha256: Sha256;
  /** Hash of a piece in the piece layer of a file of that size; where it is slow it may be given later. */
  hashPiece(piece: Uint8Array, sizeBytes: number): Uint8Array | Promise<Uint8Array>;
}
