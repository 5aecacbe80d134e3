import type { Hashing } from '@giggityflix/player';
import { BLOCK_SIZE } from '@giggityflix/proto/data-channel';
import { pieceHash, pieceHashOf } from '@giggityflix/proto/merkle';
import { sha256 } from '@noble/hashes/sha2.js';
import { hashWorkerUrl } from './script-url.ts';

/** Off the main thread: natively where the browser gives that to the page, and in a worker where it does not. */
export function createPageHashing(): Hashing {
  const isNative = crypto.subtle !== undefined;
  return { sha256, hashPiece: isNative ? hashNatively : createWorkerHashing() };
}

/** Hashes the blocks of a piece natively; the few digests above them are quicker here than the calls would be. */
async function hashNatively(piece: Uint8Array, sizeBytes: number): Promise<Uint8Array> {
  const blocks: Promise<ArrayBuffer>[] = [];
  for (let at = 0; at < piece.byteLength; at += BLOCK_SIZE)
    blocks.push(
      crypto.subtle.digest('SHA-256', piece.subarray(at, at + BLOCK_SIZE) as Uint8Array<ArrayBuffer>),
    );
  const digests = (await Promise.all(blocks)).map((digest) => new Uint8Array(digest));
  return pieceHash(digests, sizeBytes, sha256);
}

/** Hashes pieces in a worker, which is started with the first one; where none can be started, in the page. */
function createWorkerHashing(): Hashing['hashPiece'] {
  const here: Hashing['hashPiece'] = (piece, sizeBytes) => pieceHashOf(piece, sizeBytes, sha256);
  const waiting = new Map<
    number,
    { piece: Uint8Array; sizeBytes: number; resolve(hash: Uint8Array): void }
  >();
  let worker: Worker | null | undefined;
  let nextId = 1;

  const start = (): Worker | null => {
    try {
      const started = new Worker(hashWorkerUrl, { type: 'module' });
      started.onmessage = ({ data }: MessageEvent<{ id: number; hash: Uint8Array }>) => {
        waiting.get(data.id)?.resolve(data.hash);
        waiting.delete(data.id);
      };
      started.onerror = () => {
        worker = null;
        for (const { piece, sizeBytes, resolve } of waiting.values())
          resolve(here(piece, sizeBytes) as Uint8Array);
        waiting.clear();
      };
      return started;
    } catch {
      return null;
    }
  };

  return (piece, sizeBytes) => {
    if (worker === undefined) worker = start();
    if (!worker) return here(piece, sizeBytes);
    const id = nextId++;
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    waiting.set(id, { piece, sizeBytes, resolve });
    worker.postMessage({ id, piece, sizeBytes });
    return promise;
  };
}
