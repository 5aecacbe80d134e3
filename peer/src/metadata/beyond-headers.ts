import type { FileHandle } from 'node:fs/promises';
import type { MediaInput } from '../containers/input.ts';
import { readUpTo } from '../files/read.ts';
import { childrenOf, ID, readElement } from './ebml.ts';

/**
 * What a film holds that mediabunny does not read: nothing, chapters or further tracks, or tags that may say what it is.
 * Only a hint, which costs a second look where it is wrong.
 */
export type Beyond = 'nothing' | 'tracks' | 'tags';

/** Boxes and elements looked at: more is no usual film, and left to ffprobe. */
const MAX_PARTS = 400;
/** Bytes of one part that are searched. */
const MAX_PART_BYTES = 128 * 1_024;

/** Handlers of tracks that mediabunny reads, or that nobody describes: picture, sound, hints, time codes, timed metadata. */
const HANDLERS = new Set(['vide', 'soun', 'hint', 'tmcd', 'meta']);
/** Words of tags that `readTags` decides by. */
const MP4_TAGS = /tvsh|tves|tvsn|stik|show|series|media_type/i;
const MATROSKA_TAGS = /show|series|media_type/i;

/** Of containers other than MP4 and Matroska nothing is known, so that they may hold anything. */
export async function findBeyond({ container, handle }: MediaInput): Promise<Beyond> {
  if (container.name === 'mp4') return await beyondInMp4(handle);
  if (container.name === 'matroska') return await beyondInMatroska(handle);
  return 'tags';
}

interface Box {
  type: string;
  start: number;
  end: number;
}

async function beyondInMp4(handle: FileHandle): Promise<Beyond> {
  let parts = 0;
  let found: Beyond = 'nothing';
  const boxes = async function* (start: number, end: number): AsyncGenerator<Box> {
    for (let at = start; at + 8 <= end; ) {
      parts += 1;
      if (parts > MAX_PARTS) throw new RangeError('too many boxes');
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
  const look = async ({ type, start, end }: Box): Promise<void> => {
    if (type === 'moov' || type === 'trak' || type === 'mdia')
      for await (const box of boxes(start, end)) await look(box);
    else if (type === 'hdlr') {
      const handler = (await readUpTo(handle, start, 12)).toString('latin1', 8, 12);
      if (!HANDLERS.has(handler) && found === 'nothing') found = 'tracks';
    } else if (type === 'tref' || type === 'udta' || type === 'meta' || type === 'uuid') {
      if (end - start > MAX_PART_BYTES) found = 'tags';
      const text = (await readUpTo(handle, start, Math.min(end - start, MAX_PART_BYTES))).toString('latin1');
      if (MP4_TAGS.test(text)) found = 'tags';
      else if (/chap|chpl/.test(text) && found === 'nothing') found = 'tracks';
    }
  };
  try {
    const { size } = await handle.stat();
    for await (const box of boxes(0, size)) await look(box);
    return found;
  } catch (error) {
    if (error instanceof RangeError) return 'tags';
    throw error;
  }
}

async function beyondInMatroska(handle: FileHandle): Promise<Beyond> {
  const { size } = await handle.stat();
  const head = await readElement(handle, 0, size);
  const segment = head && (await readElement(handle, head.end, size));
  if (!segment || segment.id !== ID.segment) return 'tags';
  let found: Beyond = 'nothing';
  let tagsAt: number | null = null;
  const content = (element: { start: number; end: number }) =>
    readUpTo(handle, element.start, Math.min(element.end - element.start, MAX_PART_BYTES));
  let at = segment.start;
  for (let parts = 0; ; parts += 1) {
    if (parts > MAX_PARTS) return 'tags';
    const element = await readElement(handle, at, size);
    if (!element || element.id === ID.cluster) break;
    if (element.id === ID.chapters) found = 'tracks';
    else if (element.id === ID.tags) tagsAt = at;
    else if (element.id === ID.seekHead) {
      for (const { id, position } of seekEntries(await content(element))) {
        if (id === ID.chapters) found = 'tracks';
        if (id === ID.tags) tagsAt = segment.start + position;
      }
    } else if (element.id === ID.tracks) {
      if (element.end - element.start > MAX_PART_BYTES) return 'tags';
      if (hasOtherTracks(await content(element))) found = 'tracks';
    }
    at = element.end;
  }
  if (tagsAt === null) return found;
  const tags = await readElement(handle, tagsAt, size);
  if (tags?.id !== ID.tags || tags.end - tags.start > MAX_PART_BYTES) return 'tags';
  return MATROSKA_TAGS.test((await content(tags)).toString('latin1')) ? 'tags' : found;
}

function* seekEntries(data: Buffer): Generator<{ id: number; position: number }> {
  for (const entry of childrenOf(data)) {
    if (entry.id !== ID.seek) continue;
    const parts = new Map([...childrenOf(entry.data)].map((part) => [part.id, part.data]));
    const [id, position] = [parts.get(ID.seekId), parts.get(ID.seekPosition)];
    if (id && position && id.length <= 4 && position.length > 0 && position.length <= 6)
      yield { id: id.readUIntBE(0, id.length), position: position.readUIntBE(0, position.length) };
  }
}

const PICTURE_OR_SOUND = new Set([1, 2]);

function hasOtherTracks(data: Buffer): boolean {
  for (const track of childrenOf(data)) {
    if (track.id !== ID.trackEntry) continue;
    for (const { id, data } of childrenOf(track.data))
      if (id === ID.trackType && !PICTURE_OR_SOUND.has(data.at(-1) ?? 0)) return true;
  }
  return false;
}
