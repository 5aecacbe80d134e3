import type { FileHandle } from 'node:fs/promises';
import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { fromHex, pieceHashOf, pieceLength } from '@giggityflix/proto/merkle';
import { sha256 } from '@giggityflix/proto/sha256';
import { ContentChangedError, type SharedContent } from '../content/content-source.ts';
import { fill } from '../files/read.ts';
import { createPieceTree, type PieceTree } from '../hashing/piece-tree.ts';

/** How long a file stays open that nobody reads from. */
const CLOSE_AFTER_IDLE_MS = 60_000;
/** How often a file being read is checked to be still shared. */
const RECHECK_INTERVAL_MS = 2_000;

export interface Piece {
  index: number;
  /** Good until the next piece is read. */
  data: Uint8Array;
  /** Uncle hashes up to the root, hexadecimal. */
  proof: string[];
}

/** Gives pieces one at a time. */
export interface PieceReader {
  /**
   * The piece of that index; null past the end of a stream.
   * @throws ContentChangedError when the file is no longer the one its catalog id names.
   */
  read(index: number, signal: AbortSignal): Promise<Piece | null>;
  /** Announces which piece will be read next, so that it is loaded while the one before is sent. `read` reports failures. */
  prefetch(index: number): void;
}

/** The pieces of one shared file; each is compared with its hash, so that no changed byte leaves. */
export interface PieceSource extends PieceReader {
  /** Closes the file. Reads under way fail. */
  close(): Promise<void>;
}

/** @param tree the file's {@link createContentTree}, which viewers of the same film share. */
export function createPieceSource(content: SharedContent, tree: PieceTree): PieceSource {
  // One buffer for what is being sent and one for what comes next: a fresh one for each would keep the garbage collector busy.
  const bufferBytes = Math.min(PIECE_SIZE, content.sizeBytes);
  let free = new Uint8Array(bufferBytes);
  let held = new Uint8Array(bufferBytes);
  let ahead: { index: number; piece: Promise<Piece> } | null = null;
  let opening: Promise<FileHandle> | null = null;
  let reads = 0;
  let closed = false;
  let idle: NodeJS.Timeout | undefined;
  let checkedAt = 0;

  const release = async () => {
    clearTimeout(idle);
    const handle = opening;
    opening = null;
    await handle?.then((file) => file.close()).catch(() => {});
  };

  const file = async (): Promise<FileHandle> => {
    if (closed) throw new Error('the source is closed');
    if (!opening) {
      checkedAt = performance.now();
      opening = content.open();
      opening.catch(() => {
        opening = null;
      });
    } else if (performance.now() - checkedAt > RECHECK_INTERVAL_MS) {
      checkedAt = performance.now();
      if (!(await content.isAvailable())) throw new ContentChangedError(`${content.catalogId} is gone`);
    }
    return opening;
  };

  const load = async (index: number): Promise<Piece> => {
    clearTimeout(idle);
    reads += 1;
    [free, held] = [held, free];
    const data = held.subarray(0, pieceLength(index, content.sizeBytes));
    try {
      const handle = await file();
      if (!(await fill(handle, data, index * PIECE_SIZE)))
        throw new ContentChangedError(`${content.catalogId} became shorter`);
      const found = pieceHashOf(data, content.sizeBytes, sha256);
      if (Buffer.compare(found, tree.piece(index)) !== 0)
        throw new ContentChangedError(
          `piece ${index} of ${content.catalogId} has other bytes than were hashed`,
        );
      const proof = tree.proof(index).map((uncle) => Buffer.from(uncle).toString('hex'));
      return { index, data, proof };
    } finally {
      reads -= 1;
      if (closed) await release();
      else if (reads === 0) idle = setTimeout(() => void release(), CLOSE_AFTER_IDLE_MS).unref();
    }
  };

  return {
    async read(index) {
      const begun = ahead;
      ahead = null;
      if (begun?.index === index) return begun.piece;
      // What nobody wants any more still fills its buffer.
      await begun?.piece.catch(() => {});
      return load(index);
    },
    prefetch(index) {
      if (ahead || closed) return;
      ahead = { index, piece: load(index) };
      ahead.piece.catch(() => {});
    },
    async close() {
      closed = true;
      if (reads === 0) await release();
    },
  };
}

/** @throws ContentChangedError when the piece layer is not that of the catalog id. */
export function createContentTree(content: SharedContent): PieceTree {
  const tree = createPieceTree(content.pieceLayer, sha256);
  if (Buffer.compare(tree.root, fromHex(content.catalogId)) !== 0)
    throw new ContentChangedError(`the piece layer of ${content.catalogId} does not lead to it`);
  return tree;
}
