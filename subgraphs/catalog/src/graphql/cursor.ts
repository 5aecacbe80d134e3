import { z } from 'zod';
import type { TitlePosition } from '../store/store.ts';

/** Longest cursor that is looked at, in characters. */
const MAX_CURSOR_LENGTH = 4_096;

const position = z.tuple([z.string().max(1_000), z.string().max(100)]);

/** A place in the order of titles as an opaque text for clients. */
export function encodeCursor({ sortKey, id }: TitlePosition): string {
  return Buffer.from(JSON.stringify([sortKey, id])).toString('base64url');
}

/** The place a cursor names; null for anything that {@link encodeCursor} did not make. */
export function decodeCursor(cursor: string): TitlePosition | null {
  if (cursor.length > MAX_CURSOR_LENGTH) return null;
  try {
    const [sortKey, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return sortKey.includes('\0') || id.includes('\0') ? null : { sortKey, id };
  } catch {
    return null;
  }
}
