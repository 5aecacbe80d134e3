import type { FileHandle } from 'node:fs/promises';

/** At most so many bytes from a position on; fewer where the file ends. */
export async function readUpTo(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}

/** Fills `data` with the bytes from a position on; false when the file ends before. */
export async function fill(file: FileHandle, data: Uint8Array, at: number): Promise<boolean> {
  let filled = 0;
  while (filled < data.byteLength) {
    const { bytesRead } = await file.read(data, filled, data.byteLength - filled, at + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
}
