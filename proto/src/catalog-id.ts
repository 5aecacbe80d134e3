// The part of zod that leaves out of a bundle what is not used: this file goes to browsers.
import * as z from 'zod/mini';

/** Bytes of a catalog id: a BEP 52 pieces root is a SHA-256. */
const CATALOG_ID_BYTES = 32;

/** The name of a media file: 64 lowercase hexadecimal digits. Bytes stand for it on the wire and in stores alone. */
export const catalogId = z
  .string()
  .check(z.regex(/^[0-9a-f]{64}$/, 'a catalog id is 64 lowercase hexadecimal digits'))
  .brand<'CatalogId'>();

export type CatalogId = z.infer<typeof catalogId>;

/** The catalog id a text is; null for any other text, other forms of an id among them. */
export function parseCatalogId(text: unknown): CatalogId | null {
  const parsed = catalogId.safeParse(text);
  return parsed.success ? parsed.data : null;
}

/** The catalog id of 32 bytes; null for any other number of bytes. */
export function catalogIdFromBytes(bytes: Uint8Array): CatalogId | null {
  if (bytes.byteLength !== CATALOG_ID_BYTES) return null;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') as CatalogId;
}

/** The 32 bytes that stand for a catalog id on the wire and in stores. */
export function catalogIdToBytes(id: CatalogId): Uint8Array {
  const bytes = new Uint8Array(CATALOG_ID_BYTES);
  for (let at = 0; at < CATALOG_ID_BYTES; at++) bytes[at] = Number.parseInt(id.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}
