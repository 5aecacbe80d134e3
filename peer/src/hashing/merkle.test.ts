import { createHash } from 'node:crypto';
import { verifyPiece } from '@giggityflix/player';
import { BLOCK_SIZE, PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { pieceCount, pieceHashOf, toHex } from '@giggityflix/proto/merkle';
import { FOREIGN_ROOTS, fileOfSize } from '@giggityflix/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPieceTree } from './piece-tree.ts';
import { createPiecesHasher } from './pieces-hasher.ts';

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());

/** The definition of BEP 52 word for word: all leaves, padded with zero hashes, folded pair by pair. */
function naiveRoot(file: Uint8Array): Uint8Array {
  let level: Uint8Array[] = [];
  for (let at = 0; at < file.byteLength; at += BLOCK_SIZE)
    level.push(sha256(file.subarray(at, at + BLOCK_SIZE)));
  while (!Number.isInteger(Math.log2(level.length))) level.push(new Uint8Array(32));
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let index = 0; index < level.length; index += 2)
      above.push(sha256(Buffer.concat([level[index]!, level[index + 1]!])));
    level = above;
  }
  return level[0]!;
}

/** Deterministic bytes that differ from block to block. */
function fileOf(sizeBytes: number, seed = 1): Uint8Array {
  const file = new Uint8Array(sizeBytes);
  for (let at = 0, state = seed; at < sizeBytes; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    file[at] = state >>> 24;
  }
  return file;
}

function hash(file: Uint8Array, step = file.byteLength) {
  const hasher = createPiecesHasher(sha256);
  for (let at = 0; at < file.byteLength; at += step) hasher.update(file.subarray(at, at + step));
  return hasher.finish();
}

const EDGE_SIZES = [
  1,
  BLOCK_SIZE - 1,
  BLOCK_SIZE,
  BLOCK_SIZE + 1,
  3 * BLOCK_SIZE,
  PIECE_SIZE - 1,
  PIECE_SIZE,
  PIECE_SIZE + 1,
  2 * PIECE_SIZE,
  2 * PIECE_SIZE + 5,
  5 * PIECE_SIZE - BLOCK_SIZE,
];

describe('the pieces root', () => {
  it.each(FOREIGN_ROOTS)('of %i bytes is the one libtorrent computes', (size, root) => {
    expect(toHex(hash(fileOfSize(size), 100_000).root!)).toBe(root);
  });

  it.each(EDGE_SIZES)('of %i bytes is the root of all padded leaves', (size) => {
    const file = fileOf(size);
    const { root, pieceLayer, sizeBytes } = hash(file);
    expect(sizeBytes).toBe(size);
    expect(pieceLayer.byteLength / 32).toBe(pieceCount(size));
    expect(toHex(root!)).toBe(toHex(naiveRoot(file)));
  });

  it('does not depend on how the file is cut when read', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 * PIECE_SIZE }),
        fc.integer({ min: 100, max: PIECE_SIZE }),
        (size, step) => {
          const file = fileOf(size, size);
          expect(toHex(hash(file, step).root!)).toBe(toHex(naiveRoot(file)));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('does not exist for an empty file', () => {
    expect(hash(new Uint8Array(0), 1).root).toBeNull();
  });
});

describe('vectors made with libtorrent 2.1.1 (lt.create_torrent, v2_only)', () => {
  it.each([
    [1, 'dabd3aff769f07eb2965401eb029974ebba3407afd02b26ddb564ea5f8efae72'],
    [BLOCK_SIZE + 1, '7bb47eda900f3dea5e003ab4cbafdd3db5f3ac33f2a08d96a5686cb1a31476dd'],
    [3 * BLOCK_SIZE, '4a92e0b78277ec9a922b5ea8e750a3efa624ff78dfc87325cb8c30689c1bb611'],
    [PIECE_SIZE, '792133305263f9c59e74052d979dd87c6ca41cc3213ae38341230a11ad6ba93f'],
    [PIECE_SIZE + 1, 'd65cecc69c6c97cb190e464e5386a16d4520f416761d86ba72751b077a1aede8'],
    [2 * PIECE_SIZE + 5, '0b87340d4182347217393e4ba62aa6a7eabc783ce967c882349affc803d91a07'],
    [5 * PIECE_SIZE - BLOCK_SIZE, 'eef470ebb84b479b6ae71fa3cff86ed08bae252ed74b5b967967fbda787869df'],
  ])('%i bytes', (size, root) => {
    expect(toHex(hash(fileOf(size)).root!)).toBe(root);
  });
});

describe('a proof', () => {
  it('holds for every piece at its own place and nowhere else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 * PIECE_SIZE }), fc.nat(), (size, pick) => {
        const file = fileOf(size, size);
        const { root, pieceLayer } = hash(file);
        const tree = createPieceTree(pieceLayer, sha256);
        const index = pick % tree.pieces;
        const piece = file.subarray(index * PIECE_SIZE, (index + 1) * PIECE_SIZE);
        const claim = {
          pieceHash: pieceHashOf(piece, size, sha256),
          index,
          proof: tree.proof(index),
          sizeBytes: size,
          root: root!,
          sha256,
        };
        expect(toHex(tree.root)).toBe(toHex(root!));
        expect(verifyPiece(claim)).toBe(true);
        for (let other = 0; other < tree.pieces; other += 1)
          if (other !== index) expect(verifyPiece({ ...claim, index: other })).toBe(false);
        expect(verifyPiece({ ...claim, index: tree.pieces })).toBe(false);
        expect(verifyPiece({ ...claim, proof: [...claim.proof, new Uint8Array(32)] })).toBe(false);
        const changed = Uint8Array.from(piece);
        changed[pick % piece.byteLength]! ^= 1;
        expect(verifyPiece({ ...claim, pieceHash: pieceHashOf(changed, size, sha256) })).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it('is refused when an uncle is changed, missing or of another length', () => {
    const file = fileOf(5 * PIECE_SIZE);
    const { root, pieceLayer } = hash(file);
    const tree = createPieceTree(pieceLayer, sha256);
    const proof = tree.proof(3);
    const claim = {
      pieceHash: tree.piece(3),
      index: 3,
      proof,
      sizeBytes: file.byteLength,
      root: root!,
      sha256,
    };
    expect(verifyPiece(claim)).toBe(true);
    expect(verifyPiece({ ...claim, proof: proof.slice(1) })).toBe(false);
    expect(verifyPiece({ ...claim, proof: [proof[0]!.subarray(1), ...proof.slice(1)] })).toBe(false);
    expect(verifyPiece({ ...claim, proof: [new Uint8Array(32), ...proof.slice(1)] })).toBe(false);
  });

  it('holds for no smaller size, however the tree is as high', () => {
    const file = fileOf(7 * PIECE_SIZE);
    const { root, pieceLayer } = hash(file);
    const tree = createPieceTree(pieceLayer, sha256);
    for (const pieces of [5, 6]) {
      const proven = Array.from({ length: pieces }, (_, index) =>
        verifyPiece({
          pieceHash: tree.piece(index),
          index,
          proof: tree.proof(index),
          sizeBytes: pieces * PIECE_SIZE,
          root: root!,
          sha256,
        }),
      );
      expect(proven.at(-1)).toBe(false);
    }
  });

  it('does not exist for a piece the file does not have', () => {
    const tree = createPieceTree(hash(fileOf(3 * PIECE_SIZE)).pieceLayer, sha256);
    for (const index of [-1, 3, 1.5, Number.NaN]) expect(() => tree.proof(index)).toThrow(RangeError);
  });
});
