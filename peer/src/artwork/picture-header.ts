import { jpegSize } from '../screenshots/ffmpeg.ts';

export type PictureType = 'image/jpeg' | 'image/png' | 'image/webp';

/** What the beginning of a picture says. */
export interface PictureHeader {
  mimeType: PictureType;
  width: number;
  height: number;
}

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** What a picture is by its first bytes; null for what is none that is sent. */
export function pictureType(data: Buffer): PictureType | null {
  if (data.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg';
  if (data.subarray(0, 8).equals(PNG_SIGNATURE)) return 'image/png';
  if (data.toString('latin1', 0, 4) === 'RIFF' && data.toString('latin1', 8, 12) === 'WEBP')
    return 'image/webp';
  return null;
}

/** The type and size of a picture; null where its header does not say. */
export function pictureHeader(data: Buffer): PictureHeader | null {
  const mimeType = pictureType(data);
  const size = mimeType && sizeOf(mimeType, data);
  return size && size.width > 0 && size.height > 0 ? { mimeType, ...size } : null;
}

function sizeOf(type: PictureType, data: Buffer): { width: number; height: number } | null {
  if (type === 'image/jpeg') return jpegSize(data);
  if (data.length < 30) return null;
  if (type === 'image/png') return { width: data.readUInt32BE(16), height: data.readUInt32BE(20) };
  const chunk = data.toString('latin1', 12, 16);
  if (chunk === 'VP8X') return { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 };
  if (chunk === 'VP8 ')
    return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff };
  if (chunk !== 'VP8L') return null;
  const bits = data.readUInt32LE(21);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
