import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

const DECODERS = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
]);
const BYTE_ORDER_MARK = 0xfe_ff;

export type Decoded = { ok: true; text: string } | { ok: false; reason: string };

/** The text of an answer, which some send compressed without having been asked to, or with a byte-order mark. */
export function decode(body: Buffer, encoding: string, maxBytes: number): Decoded {
  let plain = body;
  if (encoding !== '' && encoding !== 'identity') {
    const decoder = DECODERS.get(encoding.toLowerCase());
    if (!decoder) return { ok: false, reason: 'its answer is in an unknown encoding' };
    try {
      plain = decoder(body, { maxOutputLength: maxBytes });
    } catch (error) {
      const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      return {
        ok: false,
        reason: isTooLarge
          ? `its answer is larger than ${maxBytes} bytes`
          : 'its answer is not in the encoding it says',
      };
    }
  }
  const text = plain.toString();
  return { ok: true, text: text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text };
}
