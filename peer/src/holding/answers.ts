import { createRateLimiter, type Logger } from '@giggityflix/kernel';
import { catalogIdFromBytes, type HoldingChallenge, type HoldingProof } from '@giggityflix/proto';
import { BLOCK_SIZE, PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { challengedBlock, pathInPiece } from '@giggityflix/proto/holding';
import {
  blockCount,
  PIECE_LAYER_HEIGHT,
  pieceCount,
  pieceLength,
  treeHeight,
} from '@giggityflix/proto/merkle';
import { sha256 } from '@giggityflix/proto/sha256';
import { LRUCache } from 'lru-cache';
import type { ContentSource, SharedContent } from '../content/content-source.ts';
import { fill } from '../files/read.ts';
import type { PieceTree } from '../hashing/piece-tree.ts';
import { createContentTree } from '../pieces/piece-source.ts';

/** Challenges answered per second on average and at once; an edge asks for less. */
export const ANSWERS_PER_SECOND = 2;
export const ANSWERS_BURST = 32;
/** Challenges that wait for the one being answered. */
export const MAX_WAITING = 32;
/** Hash trees kept: a title that begins to be watched is asked for again. */
const TREES = 2;
const BLOCKS_PER_PIECE = PIECE_SIZE / BLOCK_SIZE;

/**
 * Answers the edge's challenges to prove that this peer has the files it announced: one at a time, so that a disk that
 * viewers are served from reads one piece more at most. What is over the limits is left unanswered.
 */
export function createHoldingAnswers(deps: {
  content: ContentSource;
  send(proof: HoldingProof): void;
  logger: Logger;
  now?: () => number;
}) {
  const allowance = createRateLimiter({ perSecond: ANSWERS_PER_SECOND, burst: ANSWERS_BURST }, deps.now);
  const trees = new LRUCache<string, PieceTree>({ max: TREES });
  const waiting: HoldingChallenge[] = [];
  let working = false;

  const treeOf = (content: SharedContent): PieceTree => {
    const known = trees.get(content.catalogId);
    if (known) return known;
    const tree = createContentTree(content);
    trees.set(content.catalogId, tree);
    return tree;
  };

  /** Of a file that is not shared now nothing but the question comes back. */
  const answer = async ({ challengeId, catalogId, position }: HoldingChallenge): Promise<HoldingProof> => {
    const nothing = { challengeId, catalogId, sizeBytes: 0, block: Buffer.alloc(0), path: [] };
    const id = catalogIdFromBytes(catalogId);
    const content = id && deps.content.lookup(id);
    if (!content) return nothing;
    try {
      return { challengeId, catalogId, ...(await proofOf(content, position)) };
    } catch (error) {
      deps.logger.warn({ err: error, catalog_id: id }, 'cannot prove to the edge that a file is here');
      return nothing;
    }
  };

  const proofOf = async (content: SharedContent, position: number) => {
    const { sizeBytes } = content;
    const tree = treeOf(content);
    const index = challengedBlock(position, sizeBytes);
    const piece = Math.floor(index / BLOCKS_PER_PIECE);
    const at = index % BLOCKS_PER_PIECE;
    const data = await readPiece(content, piece);
    const blocks = Array.from({ length: Math.ceil(data.byteLength / BLOCK_SIZE) }, (_, block) =>
      data.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE),
    );
    const height = Math.min(PIECE_LAYER_HEIGHT, treeHeight(blockCount(sizeBytes)));
    const path = [
      ...pathInPiece(blocks.map(sha256), at, height, sha256),
      ...(pieceCount(sizeBytes) > 1 ? tree.proof(piece) : []),
    ];
    return { sizeBytes, block: blocks[at]!, path: path.map((hash) => Buffer.from(hash)) };
  };

  const work = async () => {
    if (working) return;
    working = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) deps.send(await answer(next));
    working = false;
  };

  return {
    handle(challenge: HoldingChallenge): void {
      if (waiting.length >= MAX_WAITING || allowance.take('edge') !== null) return;
      waiting.push(challenge);
      void work();
    },
    stop(): void {
      waiting.length = 0;
    },
  };
}

async function readPiece(content: SharedContent, piece: number): Promise<Buffer> {
  const data = Buffer.alloc(pieceLength(piece, content.sizeBytes));
  const file = await content.open();
  try {
    if (!(await fill(file, data, piece * PIECE_SIZE))) throw new Error('the file became shorter');
    return data;
  } finally {
    await file.close();
  }
}
