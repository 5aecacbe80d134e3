import { z } from 'zod';

/** Counts rows, or parts of one, that cannot be shown. */
export type OnUnreadable = (table: 'title' | 'file') => void;

export const titleKind = z.enum(['MOVIE', 'EPISODE', 'CLIP']);
const hash = z.string();

/** Those elements of a JSON list that fit the schema. */
export function readable<T>(list: unknown, schema: z.ZodType<T>, skipped: () => void): T[] {
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list)) {
    skipped();
    return [];
  }
  return list.flatMap((element) => {
    const parsed = schema.safeParse(element);
    if (!parsed.success) skipped();
    return parsed.success ? [parsed.data] : [];
  });
}

/** The hashes of a JSON object, without those that are none. */
export function readableHashes(value: unknown, skipped: () => void): Record<string, string> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) skipped();
  const hashes: Record<string, string> = {};
  for (const [algorithm, digits] of Object.entries(isObject ? value : {})) {
    if (hash.safeParse(digits).success) hashes[algorithm] = digits;
    else skipped();
  }
  return hashes;
}
