import { hash } from 'node:crypto';
import { BLOCK_SIZE, PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { hashPair, PIECE_LAYER_HEIGHT, paddingRoot, toHex } from '@giggityflix/proto/merkle';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');

/** A file with the whole of its Merkle tree, made as BEP 52 describes it. It must be larger than a piece. */
export function describeFilm(bytes: Uint8Array) {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; at += BLOCK_SIZE)
    leaves.push(sha256(bytes.subarray(at, at + BLOCK_SIZE)));
  while (!Number.isInteger(Math.log2(leaves.length))) leaves.push(paddingRoot(0, sha256));
  const levels = [leaves];
  for (let below = leaves; below.length > 1; levels.push(below))
    below = Array.from({ length: below.length / 2 }, (_, index) =>
      hashPair(below[2 * index]!, below[2 * index + 1]!, sha256),
    );
  return {
    catalogId: toHex(levels.at(-1)![0]!),
    bytesOf: (index: number) => bytes.subarray(index * PIECE_SIZE, (index + 1) * PIECE_SIZE),
    /** Uncle hashes of a piece, hexadecimal. */
    proofOf: (index: number) =>
      levels.slice(PIECE_LAYER_HEIGHT, -1).map((level, step) => toHex(level[(index >> step) ^ 1]!)),
  };
}
