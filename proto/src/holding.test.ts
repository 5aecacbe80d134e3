import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_SIZE } from './data-channel.ts';
import { HoldingProof } from './generated/giggityflix/edge/v1/peer_edge.ts';
import { blockLength, challengedBlock, pathInPiece, verifyHolding } from './holding.ts';
import { blockCount, hashPair, treeHeight } from './merkle.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');

/** A file of that size with its tree; no two of its blocks are equal. */
function fileOf(sizeBytes: number) {
  const blocks = Array.from({ length: blockCount(sizeBytes) }, (_, index) =>
    Buffer.alloc(blockLength(index, sizeBytes), `block ${index} of ${sizeBytes} `),
  );
  const leaves = blocks.map(sha256);
  const height = treeHeight(blocks.length);
  const pathOf = (index: number) => pathInPiece(leaves, index, height, sha256);
  let root = leaves[0]!;
  for (const uncle of pathOf(0)) root = hashPair(root, uncle, sha256);
  const claim = (index: number) => ({ sizeBytes, block: blocks[index]!, path: pathOf(index) });
  return { blocks, root, height, claim };
}

const sizes = fc.oneof(
  fc.integer({ min: 1, max: 40 * BLOCK_SIZE }),
  fc.integer({ min: 1, max: 40 }).map((blocks) => blocks * BLOCK_SIZE),
);
const positions = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const RUNS = { numRuns: 150 };

describe('a proof of holding', () => {
  it('is good for the block that was asked for, and for no other', () => {
    fc.assert(
      fc.property(sizes, positions, fc.nat(), (sizeBytes, position, other) => {
        const { root, claim, blocks } = fileOf(sizeBytes);
        const index = challengedBlock(position, sizeBytes);
        const length = blocks[index]!.byteLength;
        expect(verifyHolding({ root, position }, claim(index), sha256)).toBe(
          length === 64 ? 'ambiguous' : 'proven',
        );
        const another = other % blocks.length;
        if (another !== index)
          expect(verifyHolding({ root, position }, claim(another), sha256)).toBe('wrong');
      }),
      RUNS,
    );
  });

  it('does not survive a change of any byte, a path of another length or another root', () => {
    fc.assert(
      fc.property(sizes, positions, fc.nat(), (sizeBytes, position, at) => {
        const { root, claim } = fileOf(sizeBytes);
        const good = claim(challengedBlock(position, sizeBytes));
        const changed = Buffer.from(good.block);
        changed[at % changed.byteLength]! ^= 1;
        const check = (change: Partial<typeof good>, of = root) =>
          verifyHolding({ root: of, position }, { ...good, ...change }, sha256);
        expect(check({ block: changed })).toBe('wrong');
        expect(check({ path: [...good.path, root] })).toBe('wrong');
        if (good.path.length > 0) expect(check({ path: good.path.slice(1) })).toBe('wrong');
        expect(check({}, sha256(root))).toBe('wrong');
      }),
      RUNS,
    );
  });

  it('does not let who has a single block choose a size for which it is the one asked for', () => {
    // 1,000 blocks: the path has 10 hashes, so that sizes of 513 to 1,024 blocks fit it.
    const known = 300;
    let lucky = 0;
    for (let position = 0; position < 1_024; position += 1) {
      const asked = new Set<number>();
      for (let blocks = 513; blocks <= 1_024; blocks += 1)
        asked.add(challengedBlock(position, blocks * BLOCK_SIZE));
      if (asked.has(known)) lucky += 1;
    }
    expect(lucky).toBeLessThanOrEqual(2);
  });

  it('is not made of an inner node that is given out as a block of 64 bytes', () => {
    const { root, claim, height } = fileOf(4 * BLOCK_SIZE);
    const [left, ...above] = claim(1).path;
    const right = sha256(claim(1).block);
    // A liar with hashes alone: the node above the first two blocks as the last block of a smaller file.
    const disguised = { sizeBytes: 64, block: Buffer.concat([left!, right]), path: [] };
    expect(verifyHolding({ root: sha256(disguised.block), position: 0 }, disguised, sha256)).toBe(
      'ambiguous',
    );
    expect(above).toHaveLength(height - 1);
    const smaller = { sizeBytes: BLOCK_SIZE + 64, block: disguised.block, path: above };
    for (const position of [0, 1])
      expect(verifyHolding({ root, position }, smaller, sha256)).not.toBe('proven');
  });

  it('is refused, whatever it consists of', () => {
    const { root } = fileOf(3 * BLOCK_SIZE);
    fc.assert(
      fc.property(
        positions,
        fc.oneof(fc.double(), fc.maxSafeNat(), sizes),
        fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.constant(new Uint8Array(BLOCK_SIZE))),
        fc.array(fc.oneof(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array()), {
          maxLength: 40,
        }),
        (position, sizeBytes, block, path) => {
          expect(verifyHolding({ root, position }, { sizeBytes, block, path }, sha256)).toBe('wrong');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('survives the way over the wire; bytes that are no message are refused or mean nothing', () => {
    const { root, claim } = fileOf(3 * BLOCK_SIZE);
    const position = 2;
    const made = claim(challengedBlock(position, 3 * BLOCK_SIZE));
    const bytes = HoldingProof.encode(
      HoldingProof.fromPartial({ challengeId: 1, ...made, path: made.path.map((hash) => Buffer.from(hash)) }),
    ).finish();
    expect(verifyHolding({ root, position }, HoldingProof.decode(bytes), sha256)).toBe('proven');
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
        const broken = Buffer.from(bytes);
        broken[at % broken.byteLength]! ^= change;
        let decoded: HoldingProof;
        try {
          decoded = HoldingProof.decode(cut ? broken.subarray(0, at % broken.byteLength) : broken);
        } catch {
          return;
        }
        // What is changed may prove nothing: the number of the challenge, or the size where the tree stays the same.
        const same =
          decoded.block.equals(made.block) &&
          decoded.path.every((hash, level) => hash.equals(made.path[level]!));
        if (!same) expect(verifyHolding({ root, position }, decoded, sha256)).not.toBe('proven');
      }),
      { numRuns: 1_000 },
    );
  });
});
