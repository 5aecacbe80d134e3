import {
  fromHex,
  HASH_SIZE,
  hashPair,
  PIECE_LAYER_HEIGHT,
  paddingRoot,
  pieceCount,
  pieceLength,
  type Sha256,
  treeHeight,
} from '@giggityflix/proto/merkle';
import type { Hashing } from '../ports/hashing.ts';
import { ChannelError } from './channel-error.ts';
import type { IncomingPiece } from './incoming-request.ts';

/** What a piece is checked against. */
export interface PieceCheck {
  expectedIndex: number;
  /** Null for what has no proof: then only its place is checked. */
  sizeBytes: number | null;
  root: Uint8Array;
  hashing: Hashing;
}

/** @throws ChannelError `not_proven` for a piece that is not the one asked for. */
export async function checkPiece(piece: IncomingPiece, check: PieceCheck): Promise<void> {
  const { sizeBytes, root, hashing } = check;
  if (piece.index !== check.expectedIndex)
    throw new ChannelError('not_proven', `piece ${piece.index} was not asked for`);
  if (sizeBytes === null) return;
  if (piece.data.byteLength !== pieceLength(piece.index, sizeBytes))
    throw new ChannelError('not_proven', `piece ${piece.index} has the wrong length`);
  const pieceHash = await hashing.hashPiece(piece.data, sizeBytes);
  const proof = piece.proof.map(fromHex);
  if (!verifyPiece({ pieceHash, index: piece.index, proof, sizeBytes, root, sha256: hashing.sha256 }))
    throw new ChannelError('not_proven', `piece ${piece.index} does not belong to the file`);
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
  for (const [level, uncle] of claim.proof.entries()) {
    if (uncle.byteLength !== HASH_SIZE) return false;
    // Behind the end there is padding alone: a peer that says less than the whole size is found out.
    const sibling = node % 2 === 0 ? node + 1 : node - 1;
    const isPadding = sibling * 2 ** level >= pieces;
    if (isPadding && !equalBytes(uncle, paddingRoot(PIECE_LAYER_HEIGHT + level, claim.sha256))) return false;
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
