import type { FileHandle } from 'node:fs/promises';
import { readUpTo } from '../files/read.ts';

/** A box of an ISO base media file: where its content lies. */
export interface Box {
  type: string;
  start: number;
  end: number;
}

/** More boxes than anyone wants to look at. */
export class TooManyBoxesError extends Error {
  override readonly name = 'TooManyBoxesError';
}

/** Reads boxes, at most so many in all. */
export function createBoxReader(handle: FileHandle, most: number) {
  let count = 0;
  /** @throws TooManyBoxesError */
  return async function* (start: number, end: number): AsyncGenerator<Box> {
    for (let at = start; at + 8 <= end; ) {
      count += 1;
      if (count > most) throw new TooManyBoxesError();
      const header = await readUpTo(handle, at, 16);
      if (header.length < 8) return;
      let length = header.readUInt32BE(0);
      let headerBytes = 8;
      if (length === 1 && header.length === 16) {
        length = Number(header.readBigUInt64BE(8));
        headerBytes = 16;
      }
      if (length === 0) length = end - at;
      if (length < headerBytes) return;
      yield {
        type: header.toString('latin1', 4, 8),
        start: at + headerBytes,
        end: Math.min(end, at + length),
      };
      at += length;
    }
  };
}
