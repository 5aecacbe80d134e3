import type { FileHandle } from 'node:fs/promises';
import { readUpTo } from '../files/read.ts';
import { type Element, ID, readElement } from '../metadata/ebml.ts';

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
/** Longest name of a font. */
const MAX_NAME_BYTES = 500;

/** The fonts attached to a Matroska film; none for a file of another kind, or one that is broken. */
export async function readAttachedFonts(handle: FileHandle): Promise<AttachedFont[]> {
  const { size } = await handle.stat();
  const budget = { elements: MAX_ELEMENTS, bytes: MAX_FONTS_BYTES };
  const children = (parent: { start: number; end: number }) => childrenOf(handle, parent, budget);
  const fonts: AttachedFont[] = [];
  const attachments = await findAttachments({ start: 0, end: size }, { handle, children });
  if (!attachments) return [];
  for await (const file of children(attachments)) {
    if (file.id !== ID.attachedFile || fonts.length >= MAX_FONTS) continue;
    let name = '';
    for await (const { id, start, end } of children(file)) {
      if (id === ID.fileName) name = await text(handle, start, end);
      const length = end - start;
      if (id !== ID.fileData || length > MAX_FONT_BYTES || length > budget.bytes) continue;
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
    if (top.id === ID.ebml) continue;
    if (top.id !== ID.segment) return null;
    for await (const part of children(top)) {
      if (part.id === ID.attachments) return part;
      // What follows the film itself is found by the index at its beginning alone.
      if (part.id === ID.cluster) return null;
      if (part.id !== ID.seekHead) continue;
      const position = await seekPosition(part, reader);
      if (position === null) continue;
      const found = await elementAt(handle, top.start + position, top.end);
      if (found?.id === ID.attachments) return found;
    }
    return null;
  }
  return null;
}

async function seekPosition(seekHead: Element, { handle, children }: Reader): Promise<number | null> {
  for await (const seek of children(seekHead)) {
    if (seek.id !== ID.seek) continue;
    let id = 0;
    let position = 0;
    for await (const field of children(seek)) {
      if (field.id === ID.seekId) id = await unsigned(handle, field);
      if (field.id === ID.seekPosition) position = await unsigned(handle, field);
    }
    if (id === ID.attachments) return position;
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

/** One that lies whole before `end`; one of unknown size reaches to there. */
async function elementAt(handle: FileHandle, at: number, end: number): Promise<Element | null> {
  const element = await readElement(handle, at, end);
  return element && element.end <= end ? element : null;
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
