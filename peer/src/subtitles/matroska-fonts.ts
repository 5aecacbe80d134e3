import type { FileHandle } from 'node:fs/promises';
import { readUpTo } from '../files/read.ts';

/** A font that a film brings for its subtitles. */
export interface AttachedFont {
  name: string;
  bytes: Uint8Array;
}

/** Films bring a handful of fonts; one for Chinese or Japanese has some 10 MiB. What is beyond is left out. */
const MAX_FONTS = 64;
const MAX_FONT_BYTES = 16 * 1_024 * 1_024;
const MAX_FONTS_BYTES = 32 * 1_024 * 1_024;
/** Elements looked at, so that a file of nothing but headers takes no time. */
const MAX_ELEMENTS = 20_000;
/** Longest name, and the head of an element. */
const MAX_NAME_BYTES = 500;
const HEAD_BYTES = 12;

/** Ids of elements (RFC 9559). */
const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const SEEK_HEAD = 0x114d9b74;
const SEEK = 0x4dbb;
const SEEK_ID = 0x53ab;
const SEEK_POSITION = 0x53ac;
const CLUSTER = 0x1f43b675;
const ATTACHMENTS = 0x1941a469;
const ATTACHED_FILE = 0x61a7;
const FILE_NAME = 0x466e;
const FILE_DATA = 0x465c;

interface Element {
  id: number;
  /** Where its content begins and ends; an end that is not known is the parent's. */
  start: number;
  end: number;
}

/** The fonts attached to a Matroska film; none for a file of another kind, or one that is broken. */
export async function readAttachedFonts(handle: FileHandle): Promise<AttachedFont[]> {
  const { size } = await handle.stat();
  const budget = { elements: MAX_ELEMENTS, bytes: MAX_FONTS_BYTES };
  const children = (parent: { start: number; end: number }) => childrenOf(handle, parent, budget);
  const fonts: AttachedFont[] = [];
  const attachments = await findAttachments({ start: 0, end: size }, { handle, children });
  if (!attachments) return [];
  for await (const file of children(attachments)) {
    if (file.id !== ATTACHED_FILE || fonts.length >= MAX_FONTS) continue;
    let name = '';
    for await (const { id, start, end } of children(file)) {
      if (id === FILE_NAME) name = await text(handle, start, end);
      const length = end - start;
      if (id !== FILE_DATA || length > MAX_FONT_BYTES || length > budget.bytes) continue;
      if (!isFont(await readUpTo(handle, start, 4))) continue;
      budget.bytes -= length;
      const bytes = await readUpTo(handle, start, length);
      if (bytes.byteLength === length) fonts.push({ name, bytes });
    }
  }
  return fonts;
}

interface Reader {
  handle: FileHandle;
  children(parent: { start: number; end: number }): AsyncGenerator<Element>;
}

async function findAttachments(
  file: { start: number; end: number },
  reader: Reader,
): Promise<Element | null> {
  const { handle, children } = reader;
  for await (const top of children(file)) {
    if (top.id === EBML) continue;
    if (top.id !== SEGMENT) return null;
    for await (const part of children(top)) {
      if (part.id === ATTACHMENTS) return part;
      // What follows the film itself is found by the index at its beginning alone.
      if (part.id === CLUSTER) return null;
      if (part.id !== SEEK_HEAD) continue;
      const position = await seekPosition(part, reader);
      if (position === null) continue;
      const found = await elementAt(handle, top.start + position, top.end);
      if (found?.id === ATTACHMENTS) return found;
    }
    return null;
  }
  return null;
}

async function seekPosition(seekHead: Element, { handle, children }: Reader): Promise<number | null> {
  for await (const seek of children(seekHead)) {
    if (seek.id !== SEEK) continue;
    let id = 0;
    let position = 0;
    for await (const field of children(seek)) {
      if (field.id === SEEK_ID) id = await unsigned(handle, field);
      if (field.id === SEEK_POSITION) position = await unsigned(handle, field);
    }
    if (id === ATTACHMENTS) return position;
  }
  return null;
}

async function* childrenOf(
  handle: FileHandle,
  { start, end }: { start: number; end: number },
  budget: { elements: number },
): AsyncGenerator<Element> {
  for (let at = start; at < end && budget.elements > 0; budget.elements -= 1) {
    const element = await elementAt(handle, at, end);
    if (!element) return;
    yield element;
    at = element.end;
  }
}

async function elementAt(handle: FileHandle, at: number, end: number): Promise<Element | null> {
  const head = await readUpTo(handle, at, Math.min(HEAD_BYTES, end - at));
  const idLength = lengthOf(head[0], 4);
  const sizeLength = lengthOf(head[idLength], 8);
  if (idLength === 0 || sizeLength === 0 || head.byteLength < idLength + sizeLength) return null;
  const number = (bytes: Uint8Array) => bytes.reduce((value, byte) => value * 256 + byte, 0);
  const id = number(head.subarray(0, idLength));
  const marker = 2 ** (7 * sizeLength);
  const size = number(head.subarray(idLength, idLength + sizeLength)) - marker;
  const start = at + idLength + sizeLength;
  const isUnknown = size === marker - 1;
  if (!isUnknown && start + size > end) return null;
  return { id, start, end: isUnknown ? end : start + size };
}

/** The leading zeros of the first byte say how many bytes a number has. */
function lengthOf(first: number | undefined, max: number): number {
  if (first === undefined || first === 0) return 0;
  const length = Math.clz32(first) - 23;
  return length <= max ? length : 0;
}

async function unsigned(handle: FileHandle, { start, end }: Element): Promise<number> {
  const bytes = await readUpTo(handle, start, Math.min(8, end - start));
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

async function text(handle: FileHandle, start: number, end: number): Promise<string> {
  const bytes = await readUpTo(handle, start, Math.min(MAX_NAME_BYTES, end - start));
  return new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
}

/** TrueType, OpenType, and collections of them. */
function isFont(head: Uint8Array): boolean {
  return ['\0\u0001\0\0', 'OTTO', 'true', 'ttcf'].includes(String.fromCharCode(...head));
}
