import { z } from 'zod';
import type { TitlePosition } from '../store/store.ts';

/** Longest cursor that is looked at, in characters. */
const MAX_CURSOR_LENGTH = 4_096;

const byName = z.tuple([z.string().max(1_000), z.string().max(100)]);
/** Of a search: how well the title is what was searched for, and its rank among those that are so as well. */
const bySearch = z.tuple([z.int().min(0).max(9), z.string().regex(/^\d{1,16}$/)]);
const position = z.union([byName, bySearch]);

/** A place in the order of titles as an opaque text for clients. */
export function encodeCursor(place: TitlePosition): string {
  const parts = 'sortKey' in place ? [place.sortKey, place.id] : [place.stage, place.rank];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The place a cursor names; null for anything that {@link encodeCursor} did not make. */
export function decodeCursor(cursor: string): TitlePosition | null {
  if (cursor.length > MAX_CURSOR_LENGTH) return null;
  try {
    const [first, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (typeof first === 'number') return { stage: first, rank: id };
    const sortKey = first;
    return sortKey.includes('\0') || id.includes('\0') ? null : { sortKey, id };
  } catch {
    return null;
  }
}
