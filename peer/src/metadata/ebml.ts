import type { FileHandle } from 'node:fs/promises';
import { readUpTo } from '../files/read.ts';

/** Elements of Matroska (RFC 9559) by their ids. */
export const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackType: 0x83,
  contentEncodings: 0x6d80,
  contentEncryption: 0x5035,
  chapters: 0x1043a770,
  tags: 0x1254c367,
  cluster: 0x1f43b675,
  attachments: 0x1941a469,
  attachedFile: 0x61a7,
  fileName: 0x466e,
  fileData: 0x465c,
} as const;

/** Where an element's content lies. */
export interface Element {
  id: number;
  start: number;
  end: number;
}

const MAX_HEADER_BYTES = 12;

/** The element that begins at a position; null where there is none. One of unknown size reaches to the end of the file. */
export async function readElement(handle: FileHandle, at: number, fileSize: number): Promise<Element | null> {
  if (at >= fileSize) return null;
  const header = parseHeader(await readUpTo(handle, at, MAX_HEADER_BYTES), 0);
  if (!header) return null;
  const start = at + header.bytes;
  return { id: header.id, start, end: header.size === null ? fileSize : start + header.size };
}

/** The elements within another's content, as far as they are whole. */
export function* childrenOf(data: Buffer): Generator<{ id: number; data: Buffer }> {
  for (let at = 0; at < data.length; ) {
    const header = parseHeader(data, at);
    if (!header || header.size === null) return;
    const start = at + header.bytes;
    if (start + header.size > data.length) return;
    yield { id: header.id, data: data.subarray(start, start + header.size) };
    at = start + header.size;
  }
}

function parseHeader(data: Buffer, at: number): { id: number; size: number | null; bytes: number } | null {
  const idBytes = widthOf(data[at]);
  if (idBytes > 4 || at + idBytes > data.length) return null;
  const sizeAt = at + idBytes;
  const sizeBytes = widthOf(data[sizeAt]);
  if (sizeBytes > 8 || sizeAt + sizeBytes > data.length) return null;
  let size = data[sizeAt]! & (0xff >> sizeBytes);
  let isUnknown = size === 0xff >> sizeBytes;
  for (let index = 1; index < sizeBytes; index += 1) {
    const byte = data[sizeAt + index]!;
    size = size * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  return { id: data.readUIntBE(at, idBytes), size: isUnknown ? null : size, bytes: idBytes + sizeBytes };
}

/** Bytes of a number of variable size, by its first one; 9 for none. */
function widthOf(first: number | undefined): number {
  return first ? Math.clz32(first) - 23 : 9;
}
