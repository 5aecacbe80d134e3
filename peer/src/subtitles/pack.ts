import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { MAX_DRAWN_SUBTITLE_BYTES, MAX_UNPACKED_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';
import { SubtitleError } from './text.ts';

/** Pictures of few colours and text shrink to a half at any level; this one keeps up with a disk. */
const GZIP_LEVEL = 3;

/**
 * Subtitles as they are sent to be drawn: gzip of the length of a header (big-endian uint32), the header in JSON, and the content.
 *
 * @throws SubtitleError for too much of it, and what the content throws
 */
export async function packSubtitle(
  header: object,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const gzip = createGzip({ level: GZIP_LEVEL });
  const packed: Buffer[] = [];
  let length = 0;
  async function* framed() {
    const head = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(head.byteLength);
    yield size;
    yield head;
    let bytes = size.byteLength + head.byteLength;
    for await (const part of content) {
      bytes += part.byteLength;
      if (bytes > MAX_UNPACKED_SUBTITLE_BYTES) throw new SubtitleError('the subtitles are too long');
      yield part;
    }
  }
  await pipeline(
    framed,
    gzip,
    async (source: AsyncIterable<Buffer>) => {
      for await (const part of source) {
        length += part.byteLength;
        if (length > MAX_DRAWN_SUBTITLE_BYTES) throw new SubtitleError('the subtitles are too long');
        packed.push(part);
      }
    },
    { signal },
  ).catch((error) => {
    signal.throwIfAborted();
    throw error;
  });
  return Buffer.concat(packed, length);
}
