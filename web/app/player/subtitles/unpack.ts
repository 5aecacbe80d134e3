import { MAX_UNPACKED_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';

/** Subtitles as a peer sent them to be drawn: a header in JSON and its content. */
export interface Unpacked {
  header: unknown;
  content: Uint8Array<ArrayBuffer>;
}

/** Longest header: the times of two thousand pictures in several languages. */
const MAX_HEADER_BYTES = 4 * 1_024 * 1_024;

/** @throws Error for what is not packed so, and for what would become too large. */
export async function unpack(packed: Uint8Array): Promise<Unpacked> {
  const bytes = await gunzip(packed);
  const length = bytes.byteLength >= 4 ? new DataView(bytes.buffer).getUint32(0) : -1;
  if (length < 0 || length > MAX_HEADER_BYTES || 4 + length > bytes.byteLength)
    throw new Error('the subtitles are broken');
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, content: bytes.slice(4 + length) };
}

async function gunzip(packed: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream('gzip'));
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const reader = stream.getReader(); ; ) {
    const { value, done } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > MAX_UNPACKED_SUBTITLE_BYTES) {
      void reader.cancel();
      throw new Error('the subtitles are too long');
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
