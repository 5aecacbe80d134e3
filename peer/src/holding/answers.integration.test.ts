import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import type { HoldingProof } from '@giggityflix/proto';
import { type CatalogId, catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { BLOCK_SIZE, PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { verifyHolding } from '@giggityflix/proto/holding';
import { sha256 } from '@giggityflix/proto/sha256';
import { describe, expect, it, vi } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import type { SharedContent } from '../content/content-source.ts';
import { hashFile } from '../hashing/hash-file.ts';
import { ANSWERS_BURST, createHoldingAnswers } from './answers.ts';

function share(sizeBytes: number) {
  const path = join(temporaryDir(), 'film.mp4');
  writeFileSync(path, randomBytes(sizeBytes));
  const { root, pieceLayer } = hashFile({ path, algorithms: [] });
  const opened = vi.fn(() => open(path));
  const catalogId = catalogIdFromBytes(root) as CatalogId;
  const content = { catalogId, sizeBytes, pieceLayer, open: opened } as unknown as SharedContent;
  const proofs: HoldingProof[] = [];
  const answers = createHoldingAnswers({
    content: { lookup: (id) => (id === catalogId ? content : null) },
    send: (proof) => void proofs.push(proof),
    logger: createLogger({ service: 'peer', level: 'silent' }),
    now: () => 0,
  });
  return { path, root: Buffer.from(root), proofs, opened, answers };
}

describe('an answer to a challenge', () => {
  it.each([
    1,
    64,
    BLOCK_SIZE,
    BLOCK_SIZE + 1,
    5 * BLOCK_SIZE,
    PIECE_SIZE,
    PIECE_SIZE + 1,
    3 * PIECE_SIZE + 5 * BLOCK_SIZE + 7,
  ])('proves a file of %d bytes, whichever block is asked for', async (sizeBytes) => {
    const { root, proofs, answers } = share(sizeBytes);
    const positions = [0, 1, 2, 19, 47, 1_000, 123_456_789, 2 ** 32 - 1];
    for (const [challengeId, position] of positions.entries())
      answers.handle({ challengeId, catalogId: root, position });
    await vi.waitFor(() => expect(proofs).toHaveLength(positions.length));
    for (const { challengeId, ...proof } of proofs) {
      const challenge = { root, position: positions[challengeId]! };
      expect(verifyHolding(challenge, proof, sha256)).toBe(sizeBytes === 64 ? 'ambiguous' : 'proven');
    }
  });

  it('is empty for a file that is not shared, and no proof for one that changed', async () => {
    const { root, path, proofs, answers } = share(2 * BLOCK_SIZE);
    answers.handle({ challengeId: 1, catalogId: Buffer.alloc(32), position: 0 });
    answers.handle({ challengeId: 2, catalogId: Buffer.alloc(3), position: 0 });
    writeFileSync(path, randomBytes(2 * BLOCK_SIZE));
    answers.handle({ challengeId: 3, catalogId: root, position: 0 });
    await vi.waitFor(() => expect(proofs).toHaveLength(3));
    expect(proofs.slice(0, 2).map(({ block }) => block.byteLength)).toEqual([0, 0]);
    expect(verifyHolding({ root, position: 0 }, proofs[2]!, sha256)).toBe('wrong');
  });

  it('is given so often only, whatever an edge asks', async () => {
    const { root, proofs, opened, answers } = share(BLOCK_SIZE);
    for (let challengeId = 0; challengeId < 1_000; challengeId += 1)
      answers.handle({ challengeId, catalogId: root, position: 0 });
    await vi.waitFor(() => expect(proofs).toHaveLength(ANSWERS_BURST));
    answers.handle({ challengeId: 1_000, catalogId: root, position: 0 });
    expect(opened).toHaveBeenCalledTimes(ANSWERS_BURST);
  });
});
