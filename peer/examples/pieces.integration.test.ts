import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { toHex } from '@giggityflix/proto/merkle';
import { FOREIGN_ROOTS, fileOfSize, requirePythonAiortc } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { createPieceTree } from '../src/hashing/piece-tree.ts';
import { createPiecesHasher } from '../src/hashing/pieces-hasher.ts';

const python = requirePythonAiortc();
const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');

interface Claim {
  data: string;
  index: number;
  proof: string[];
  size: number;
  catalog_id: string;
}

/** The first, a middle and the last piece of a file, with the proofs a peer sends. */
function claimsOf(size: number, root: string): Claim[] {
  const file = fileOfSize(size);
  const hasher = createPiecesHasher(sha256);
  hasher.update(file);
  const tree = createPieceTree(hasher.finish().pieceLayer, sha256);
  return [...new Set([0, tree.pieces >> 1, tree.pieces - 1])].map((index) => ({
    data: toHex(file.subarray(index * PIECE_SIZE, (index + 1) * PIECE_SIZE)),
    index,
    proof: tree.proof(index).map(toHex),
    size,
    catalog_id: root,
  }));
}

/** What is_proven of pieces.py says of each. */
function judge(claims: readonly Claim[]): boolean[] {
  const script =
    'import json, sys; from pieces import is_proven; ' +
    'print(json.dumps([is_proven(bytes.fromhex(c.pop("data")), **c) for c in json.load(sys.stdin)]))';
  const output = execFileSync(python.path, ['-B', '-c', script], {
    cwd: import.meta.dirname,
    input: JSON.stringify(claims),
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

const flip = (hex: string) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);

describe.skipIf(python.skip)('pieces, proven by a viewer in Python', () => {
  const sound = FOREIGN_ROOTS.flatMap(([size, root]) => claimsOf(size, root));

  it('belong to the pieces root that libtorrent makes of the file', () => {
    expect(judge(sound)).toEqual(sound.map(() => true));
  });

  it('are refused with other bytes, at another place, and with another proof', () => {
    const spoiled = sound.flatMap((claim) => [
      { ...claim, data: flip(claim.data) },
      { ...claim, data: claim.data.slice(2) },
      { ...claim, data: `${claim.data}00` },
      { ...claim, index: claim.index + 1 },
      { ...claim, catalog_id: flip(claim.catalog_id) },
      { ...claim, proof: [...claim.proof, '00'.repeat(32)] },
      ...claim.proof.map((uncle, at) => ({ ...claim, proof: claim.proof.with(at, flip(uncle)) })),
      ...(claim.proof.length > 0 ? [{ ...claim, proof: claim.proof.slice(1) }] : []),
      ...(claim.proof.length > 1 ? [{ ...claim, proof: claim.proof.toReversed() }] : []),
    ]);
    expect(judge(spoiled)).toEqual(spoiled.map(() => false));
  });
});
