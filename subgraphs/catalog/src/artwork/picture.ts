import { createHash } from 'node:crypto';

/** Most bytes of a picture; the event's limit on its Base64 form allows this much. */
export const MAX_ARTWORK_BYTES = 393_216;

/** How files of each kind begin. */
const SIGNATURES: Readonly<Record<string, (data: Buffer) => boolean>> = {
  'image/jpeg': (data) => data.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/png': (data) => data.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
  'image/webp': (data) =>
    data.toString('latin1', 0, 4) === 'RIFF' && data.toString('latin1', 8, 12) === 'WEBP',
};

/** Whether bytes from a peer begin like the kind of picture they are said to be. */
export function isPicture(data: Buffer, mimeType: string): boolean {
  return data.length <= MAX_ARTWORK_BYTES && (SIGNATURES[mimeType]?.(data) ?? false);
}

export function digestOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
