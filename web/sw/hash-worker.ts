/// <reference lib="webworker" />
import { pieceHashOf } from '@giggityflix/proto/merkle';
import { sha256 } from '@noble/hashes/sha2.js';

/** Hashes pieces for a page that has no native SHA-256. */
const worker = self as unknown as DedicatedWorkerGlobalScope;

worker.onmessage = ({ data }: MessageEvent<{ id: number; piece: Uint8Array; sizeBytes: number }>) => {
  worker.postMessage({ id: data.id, hash: pieceHashOf(data.piece, data.sizeBytes, sha256) });
};
