import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { sha256 } from '@giggityflix/proto/sha256';
import { openInsideSync } from '../files/open-inside.ts';
import { createPiecesHasher } from './pieces-hasher.ts';
import { type Ring, SLOT_BYTES } from './ring.ts';

export interface FileHashes {
  /** BEP 52 pieces root, 32 bytes. */
  root: Uint8Array;
  /** 32 bytes per 256 KiB piece. */
  pieceLayer: Uint8Array;
  /** Lowercase hexadecimal by algorithm. */
  hashes: Record<string, string>;
  sizeBytes: number;
  mtimeMs: number;
}

/** The file is not what it was when hashing began, or cannot be hashed at all; `message` is for its owner. */
export class HashingError extends Error {
  override readonly name = 'HashingError';
  readonly code: 'empty' | 'changed' | 'unreadable' | 'cancelled';

  constructor(code: HashingError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** One call of OpenSSL for each block; a hash object for each would cost a third more. */

export interface HashFileOptions {
  path: string;
  algorithms: readonly string[];
  /** Folders the file must lie in; without them it may lie anywhere. */
  roots?: readonly string[];
  /** Called with the bytes of each read; returning false ends the work. */
  onBytes?: (bytes: number) => boolean;
  /** Where a thread follows that computes other hashes of the same bytes. */
  ring?: Ring;
}

/**
 * Reads a file once, in this thread, and computes its pieces root and the named hashes.
 *
 * @throws HashingError when the file is empty, cannot be read or changes meanwhile.
 */
export function hashFile({ path, roots, algorithms, onBytes, ring }: HashFileOptions): FileHashes {
  let fd: number;
  try {
    fd = open(path, roots ?? null);
  } catch (error) {
    ring?.end();
    throw error;
  }
  try {
    const before = fstatSync(fd);
    if (!before.isFile()) throw new HashingError('unreadable', 'not a regular file');
    if (before.size === 0) throw new HashingError('empty', 'the file is empty');
    const streams = algorithms.map((name) => ({ name, hash: createHash(name) }));
    const pieces = createPiecesHasher(sha256);
    const own = ring ? null : Buffer.allocUnsafe(Math.min(SLOT_BYTES, before.size + 1));
    let total = 0;
    while (true) {
      const buffer = own ?? ring!.slot();
      const filled = fill(fd, buffer);
      if (filled === 0) break;
      ring?.publish(filled);
      const data = buffer.subarray(0, filled);
      for (const { hash } of streams) hash.update(data);
      pieces.update(data);
      total += filled;
      if (onBytes?.(filled) === false) throw new HashingError('cancelled', 'hashing was stopped');
      if (filled < buffer.length) break;
    }
    const after = fstatSync(fd);
    if (total !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs)
      throw new HashingError('changed', 'the file changed while it was read');
    const { root, pieceLayer } = pieces.finish();
    return {
      root: root!,
      pieceLayer,
      hashes: Object.fromEntries(streams.map(({ name, hash }) => [name, hash.digest('hex')])),
      sizeBytes: total,
      mtimeMs: before.mtimeMs,
    };
  } finally {
    ring?.end();
    closeSync(fd);
  }
}

/** Computes hashes of what another thread reads into the ring. */
export function followFile(ring: Ring, algorithms: readonly string[]): Record<string, string> {
  const streams = algorithms.map((name) => ({ name, hash: createHash(name) }));
  for (const part of ring.parts()) for (const { hash } of streams) hash.update(part);
  return Object.fromEntries(streams.map(({ name, hash }) => [name, hash.digest('hex')]));
}

function open(path: string, roots: readonly string[] | null): number {
  try {
    return openInsideSync(path, roots);
  } catch (error) {
    throw new HashingError('unreadable', (error as Error).message);
  }
}

/** Fills the buffer as far as the file goes: a read may return less than was asked for. */
function fill(fd: number, buffer: Buffer): number {
  let filled = 0;
  while (filled < buffer.length) {
    let count: number;
    try {
      count = readSync(fd, buffer, filled, buffer.length - filled, null);
    } catch (error) {
      throw new HashingError('unreadable', (error as Error).message);
    }
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
