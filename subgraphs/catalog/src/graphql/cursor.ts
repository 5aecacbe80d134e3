import { z } from 'zod';
import type { TitlePosition } from '../store/store.ts';

/** Longest cursor that is looked at, in characters. */
const MAX_CURSOR_LENGTH = 4_096;
/** Beyond it there are no dates in databases. */
const MAX_TIME_MS = Date.UTC(9_999, 11);

const id = z.string().max(100);
const key = z.string().max(1_000);
const byName = z.tuple([z.literal('NAME'), key, id]);
const byArrival = z.tuple([z.literal('ADDED'), z.int().min(-MAX_TIME_MS).max(MAX_TIME_MS), id]);
const byYear = z.tuple([z.literal('RELEASED'), z.int().min(0).max(9_999), key, id]);
/** Of names with their articles, as former versions gave them. */
const byFormerName = z.tuple([key, id]);
/** Of a search: how well the title is what was searched for, and its rank among those that are so as well. */
const bySearch = z.tuple([z.int().min(0).max(9), z.string().regex(/^\d{1,16}$/)]);

const position = z
  .union([
    byName.transform(([sort, nameKey, id]) => ({ sort, nameKey, id })),
    byArrival.transform(([sort, addedAt, id]) => ({ sort, addedAt, id })),
    byYear.transform(([sort, year, nameKey, id]) => ({ sort, year, nameKey, id })),
    byFormerName.transform(([sortKey, id]) => ({ sortKey, id })),
    bySearch.transform(([stage, rank]) => ({ stage, rank })),
  ])
  .refine((place) => !Object.values(place).some((part) => String(part).includes('\0')));

/** A place in a list of titles as an opaque text for clients. */
export function encodeCursor(place: TitlePosition): string {
  return Buffer.from(JSON.stringify(partsOf(place))).toString('base64url');
}

/** The place a cursor names; null for anything that {@link encodeCursor} did not make. */
export function decodeCursor(cursor: string): TitlePosition | null {
  if (cursor.length > MAX_CURSOR_LENGTH) return null;
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    return null;
  }
}

function partsOf(place: TitlePosition): z.input<typeof position> {
  if ('sortKey' in place) return [place.sortKey, place.id];
  if ('stage' in place) return [place.stage, place.rank];
  switch (place.sort) {
    case 'NAME':
      return [place.sort, place.nameKey, place.id];
    case 'ADDED':
      return [place.sort, place.addedAt, place.id];
    case 'RELEASED':
      return [place.sort, place.year, place.nameKey, place.id];
  }
}
