import { hash } from 'node:crypto';
import type sharp from 'sharp';
import type { Metadata } from 'sharp';

/** Most pixels of a picture that is decoded: twice those of a frame of a 4K film. */
export const MAX_INPUT_PIXELS = 16_000_000;
/**
 * Longest side of a picture that is decoded. Decoders hold several whole rows at once: a row of 16,000,000 pixels took
 * 1.5 GB. Within both limits the process stayed below 250 MB, with interlaced PNG of 16 bits the most.
 */
export const MAX_INPUT_SIDE = 8_192;
/** Longest side of a picture as it is kept. */
export const MAX_OUTPUT_SIDE = 1_280;
/** Most bytes of a picture; the event's limit on its Base64 form allows this much. */
const MAX_INPUT_BYTES = 393_216;
const TIMEOUT_S = 10;
const JPEG_QUALITY = 82;

/** The types of pictures that this module writes. */
export const PICTURE_TYPES: readonly string[] = ['image/jpeg'];

export interface EncodedPicture {
  mimeType: string;
  width: number;
  height: number;
  /** Hexadecimal SHA-256 of `data`. */
  digest: string;
  data: Uint8Array;
}

/** How pictures begin that peers send. Nothing else reaches a decoder, whatever it is said to be. */
const SIGNATURES: readonly ((data: Buffer) => boolean)[] = [
  (data) => data.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  (data) => data.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
  (data) => data.toString('latin1', 0, 4) === 'RIFF' && data.toString('latin1', 8, 12) === 'WEBP',
];
const DECODERS = ['Jpeg', 'Png', 'Webp'].map((format) => `VipsForeignLoad${format}Buffer`);

let library: Promise<typeof sharp> | null = null;

/** Whether bytes are few enough, and begin like a picture. */
export function mayBePicture(received: Uint8Array): boolean {
  const data = Buffer.from(received.buffer, received.byteOffset, received.byteLength);
  return data.length <= MAX_INPUT_BYTES && SIGNATURES.some((matches) => matches(data));
}

/**
 * A picture that shows what the given one does, written anew: nothing of a stranger's bytes is kept. Null for what is no
 * picture, or one too large.
 */
export async function encodePicture(received: Uint8Array): Promise<EncodedPicture | null> {
  if (!mayBePicture(received)) return null;
  library ??= loadLibrary();
  const decode = await library;
  const options = { limitInputPixels: MAX_INPUT_PIXELS, failOn: 'error', pages: 1 } as const;
  try {
    // Reads the header alone, which says how much memory the rest would take.
    if (!isModest(await decode(received, options).metadata())) return null;
    const { data, info } = await decode(received, options)
      .timeout({ seconds: TIMEOUT_S })
      .autoOrient()
      .resize({ width: MAX_OUTPUT_SIDE, height: MAX_OUTPUT_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#000' })
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer({ resolveWithObject: true });
    const digest = hash('sha256', data, 'hex');
    return { mimeType: 'image/jpeg', width: info.width, height: info.height, digest, data };
  } catch {
    // The library knows no other errors than those of the picture.
    return null;
  }
}

/** Whether a picture is of a size that can be decoded in little memory, and no film. */
function isModest({ width, height, pages = 1 }: Metadata): boolean {
  return Math.max(width, height) <= MAX_INPUT_SIDE && width * height <= MAX_INPUT_PIXELS && pages === 1;
}

/** Loaded with the first picture: it takes 30 MB, and threads. */
async function loadLibrary(): Promise<typeof sharp> {
  const { default: loaded } = await import('sharp');
  loaded.concurrency(1);
  loaded.cache(false);
  loaded.block({ operation: ['VipsForeignLoad'] });
  loaded.unblock({ operation: DECODERS });
  return loaded;
}
