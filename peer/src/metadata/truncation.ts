import type { FileHandle } from 'node:fs/promises';
import { readUpTo } from '../files/read.ts';

/** Most boxes looked at: a fragmented file may have hundreds of thousands. */
const MAX_BOXES = 2_000;

/** Boxes without which a film lacks something that is played, and those that precede them in a film of fragments. */
const MEDIA_BOXES = new Set(['moov', 'moof', 'mdat', 'styp', 'sidx']);

/**
 * Finds out whether a file ends before its structure says so: the sizes of an ISO base media file's top-level boxes, and
 * of a Matroska segment, an AVI or an ASF file. An interrupted download or copy is found out without reading it.
 *
 * @returns words for the owner, or null when nothing is missing or the container is another.
 */
export async function findTruncation(file: FileHandle): Promise<string | null> {
  const { size } = await file.stat();
  const head = await readUpTo(file, 0, 64);
  if (head.length >= 8 && /^[a-z0-9 ]{4}$/i.test(head.toString('latin1', 4, 8)) && head[0] === 0)
    return await inspectBoxes(file, size);
  if (head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3) return inspectMatroska(head, size);
  if (head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 11) === 'AVI')
    return inspectRiff(head, size);
  if (head.toString('hex', 0, 4) === '3026b275')
    return inspectAsf(await readUpTo(file, 0, ASF_HEAD_BYTES), size);
  return null;
}

/** Sizes above it are those of writers that did not know. */
const MAX_RIFF_BYTES = 0x7fffffff;
/** Writers differ in whether they count the filling of the last chunk. */
const RIFF_SLACK_BYTES = 8;

function inspectRiff(head: Buffer, size: number): string | null {
  const end = head.readUInt32LE(4) + 8;
  if (end > MAX_RIFF_BYTES || end - size <= RIFF_SLACK_BYTES) return null;
  return `it is cut off: ${end - size} bytes are missing, its index with them`;
}

const ASF_HEAD_BYTES = 65_536;
/** The object that has the size of the file, and whether it is a broadcast, of which that was not known. */
const ASF_FILE_PROPERTIES = Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex');

function inspectAsf(head: Buffer, size: number): string | null {
  const at = head.indexOf(ASF_FILE_PROPERTIES);
  if (at < 0 || at + 92 > head.length) return null;
  const isBroadcast = (head.readUInt32LE(at + 88) & 1) === 1;
  const missing = Number(head.readBigUInt64LE(at + 40)) - size;
  return isBroadcast || missing <= 0 || !Number.isSafeInteger(missing)
    ? null
    : `it is cut off: ${missing} bytes are missing`;
}

async function inspectBoxes(file: FileHandle, size: number): Promise<string | null> {
  let at = 0;
  let hasMovie = false;
  let hasMedia = false;
  for (let count = 0; at < size; count += 1) {
    if (count >= MAX_BOXES) return null;
    const header = await readUpTo(file, at, 16);
    const type = header.toString('latin1', 4, 8);
    // What follows a film that is there whole may be anything: it is no part of it.
    const isBehind = hasMovie && hasMedia && !MEDIA_BOXES.has(type);
    if (header.length < 8) return isBehind ? null : 'it is cut off inside a box header';
    let length = header.readUInt32BE(0);
    if (length === 1 && header.length === 16) length = Number(header.readBigUInt64BE(8));
    if (length === 0) length = size - at;
    if (length < 8) return null;
    if (type === 'moov') hasMovie = true;
    if (type === 'mdat') hasMedia = true;
    if (at + length > size) {
      if (isBehind) return null;
      const missing = at + length - size;
      return `it is cut off: ${missing} bytes of its ${type} box are missing${hasMovie && type !== 'moov' ? '' : ', its index with them'}`;
    }
    at += length;
  }
  return hasMedia && !hasMovie ? 'it has no index (moov box): it was not written to its end' : null;
}

/** Reads the EBML header and the size of the segment behind it; a size of all ones means "unknown" and is fine. */
function inspectMatroska(head: Buffer, size: number): string | null {
  const ebml = readVint(head, 4);
  if (!ebml || ebml.value === null) return null;
  const segment = ebml.end + ebml.value;
  if (segment + 12 > head.length || head.readUInt32BE(segment) !== 0x18538067) return null;
  const length = readVint(head, segment + 4);
  if (!length || length.value === null) return null;
  const end = length.end + length.value;
  return end > size ? `it is cut off: ${end - size} bytes of its segment are missing` : null;
}

function readVint(data: Buffer, at: number): { value: number | null; end: number } | null {
  const first = data[at];
  if (!first) return null;
  const width = Math.clz32(first) - 23;
  if (at + width > data.length) return null;
  let value = first & ((1 << (8 - width)) - 1);
  let unknown = value === (1 << (8 - width)) - 1;
  for (let i = 1; i < width; i += 1) {
    const byte = data[at + i]!;
    value = value * 256 + byte;
    if (byte !== 0xff) unknown = false;
  }
  return { value: unknown ? null : value, end: at + width };
}
