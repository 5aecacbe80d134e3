// The part of zod that leaves out of a bundle what is not used: this file goes to browsers.
import * as z from 'zod/mini';

/** Bytes of a catalog id: a BEP 52 pieces root is a SHA-256. */
const CATALOG_ID_BYTES = 32;

/** The two digits of each byte. */
const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const [CODE_OF_0, CODE_OF_9, CODE_OF_A] = [0x30, 0x39, 0x61];

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

/** What of Node.js' `Buffer` is of use here; a page has none. */
interface NodeBuffer {
  from(bytes: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'hex'): string };
}

/** The catalog id of 32 bytes; null for any other number of bytes. */
export function catalogIdFromBytes(bytes: Uint8Array): CatalogId | null {
  if (bytes.byteLength !== CATALOG_ID_BYTES) return null;
  // In one piece, where Node.js is at hand: a text put together of parts costs its first reader as much again.
  const { Buffer } = globalThis as { Buffer?: NodeBuffer };
  if (Buffer)
    return Buffer.from(bytes.buffer, bytes.byteOffset, CATALOG_ID_BYTES).toString('hex') as CatalogId;
  let text = '';
  for (const byte of bytes) text += HEX_OF_BYTE[byte];
  return text as CatalogId;
}

/** The 32 bytes that stand for a catalog id on the wire and in stores. */
export function catalogIdToBytes(id: CatalogId): Uint8Array {
  const bytes = new Uint8Array(CATALOG_ID_BYTES);
  for (let at = 0; at < CATALOG_ID_BYTES; at++)
    bytes[at] = 16 * digitAt(id, 2 * at) + digitAt(id, 2 * at + 1);
  return bytes;
}

function digitAt(id: CatalogId, at: number): number {
  const code = id.charCodeAt(at);
  return code <= CODE_OF_9 ? code - CODE_OF_0 : code - CODE_OF_A + 10;
}
