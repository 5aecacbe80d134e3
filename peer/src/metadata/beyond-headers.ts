// cspell:ignore drmi drms drmt enca enct encv
import type { FileHandle } from 'node:fs/promises';
import type { MediaInput } from '../containers/input.ts';
import { readUpTo } from '../files/read.ts';
import { type Box, createBoxReader, TooManyBoxesError } from './boxes.ts';
import { childrenOf, ID, readElement } from './ebml.ts';
import { isScrambled } from './scrambling.ts';

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

const ANYTHING: Survey = { beyond: 'tags', isEncrypted: false };

/** What was found in a film's headers besides what mediabunny gives. */
export interface Survey {
  beyond: Beyond;
  /** Whether a track of it is encrypted, as what is sold with digital rights management is. */
  isEncrypted: boolean;
}

/** Of containers other than MP4 and Matroska nothing is known, so that they may hold anything. */
export async function survey({ container, handle }: MediaInput): Promise<Survey> {
  if (container.name === 'mp4') return await surveyMp4(handle);
  if (container.name === 'matroska') return await surveyMatroska(handle);
  return { beyond: 'tags', isEncrypted: await isScrambled(container.name, handle) };
}

const PARENTS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
const TEXTS = new Set(['tref', 'udta', 'meta', 'uuid']);
/** Sample entries of encrypted tracks: of common encryption (ISO/IEC 23001-7), and of iTunes. */
const ENCRYPTED = new Set(['encv', 'enca', 'enct', 'drms', 'drmi', 'drmt']);

async function surveyMp4(handle: FileHandle): Promise<Survey> {
  const boxes = createBoxReader(handle, MAX_PARTS);
  const found: Survey = { beyond: 'nothing', isEncrypted: false };
  const look = async ({ type, start, end }: Box, parent: string): Promise<void> => {
    if (PARENTS.has(type)) for await (const box of boxes(start, end)) await look(box, type);
    else if (type === 'hdlr' && parent === 'mdia') {
      const handler = (await readUpTo(handle, start, 12)).toString('latin1', 8, 12);
      if (!HANDLERS.has(handler) && found.beyond === 'nothing') found.beyond = 'tracks';
    } else if (type === 'stsd') {
      const entry = (await readUpTo(handle, start, 16)).toString('latin1', 12, 16);
      found.isEncrypted ||= ENCRYPTED.has(entry);
    } else if (TEXTS.has(type)) {
      const text = (await readUpTo(handle, start, Math.min(end - start, MAX_PART_BYTES))).toString('latin1');
      if (end - start > MAX_PART_BYTES || MP4_TAGS.test(text)) found.beyond = 'tags';
      else if (/chap|chpl/.test(text) && found.beyond === 'nothing') found.beyond = 'tracks';
    }
  };
  try {
    const { size } = await handle.stat();
    for await (const box of boxes(0, size)) await look(box, '');
    return found;
  } catch (error) {
    if (error instanceof TooManyBoxesError) return { ...found, beyond: 'tags' };
    throw error;
  }
}

async function surveyMatroska(handle: FileHandle): Promise<Survey> {
  const { size } = await handle.stat();
  const head = await readElement(handle, 0, size);
  const segment = head && (await readElement(handle, head.end, size));
  if (!segment || segment.id !== ID.segment) return ANYTHING;
  let found: Beyond = 'nothing';
  let isEncrypted = false;
  let tagsAt: number | null = null;
  const content = (element: { start: number; end: number }) =>
    readUpTo(handle, element.start, Math.min(element.end - element.start, MAX_PART_BYTES));
  let at = segment.start;
  for (let parts = 0; ; parts += 1) {
    if (parts > MAX_PARTS) return { beyond: 'tags', isEncrypted };
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
      if (element.end - element.start > MAX_PART_BYTES) return ANYTHING;
      const tracks = [...childrenOf(await content(element))].filter(({ id }) => id === ID.trackEntry);
      if (tracks.some(isOther)) found = 'tracks';
      isEncrypted = tracks.some(({ data }) => hasEncryption(data));
    }
    at = element.end;
  }
  if (tagsAt === null) return { beyond: found, isEncrypted };
  const tags = await readElement(handle, tagsAt, size);
  const isShort = tags?.id === ID.tags && tags.end - tags.start <= MAX_PART_BYTES;
  const isSaid = !isShort || MATROSKA_TAGS.test((await content(tags)).toString('latin1'));
  return { beyond: isSaid ? 'tags' : found, isEncrypted };
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

/** Neither picture nor sound. */
function isOther({ data }: { data: Buffer }): boolean {
  for (const { id, data: value } of childrenOf(data))
    if (id === ID.trackType && !PICTURE_OR_SOUND.has(value.at(-1) ?? 0)) return true;
  return false;
}

function hasEncryption(track: Buffer): boolean {
  for (const encodings of childrenOf(track)) {
    if (encodings.id !== ID.contentEncodings) continue;
    for (const encoding of childrenOf(encodings.data))
      for (const { id } of childrenOf(encoding.data)) if (id === ID.contentEncryption) return true;
  }
  return false;
}
