import type { Input, InputFormat } from 'mediabunny';
import type { MediaInput } from '../containers/input.ts';
import { fill } from '../files/read.ts';

/** Bytes of a file mediabunny may hold at once. */
const CACHE_BYTES = 4 * 1_048_576;
/** No header is longer; a file's own word for it is not believed. */
const MAX_READ_BYTES = 64 * 1_048_576;

/** A film's headers for mediabunny; null for a container that it does not know. To be disposed of. */
export async function openHeaders({ container, handle }: MediaInput): Promise<Input | null> {
  // Loaded with the first film: it takes 20 MB, and a library that is known already needs none of it.
  const bunny = await import('mediabunny');
  const formats = formatsOf(bunny, container.name);
  if (formats.length === 0) return null;
  return new bunny.Input({
    formats,
    source: new bunny.CustomSource({
      getSize: async () => (await handle.stat()).size,
      read: (start, end) => readBytes(handle, start, end),
      maxCacheSize: CACHE_BYTES,
      prefetchProfile: 'fileSystem',
      handleUnhandledError: () => {},
    }),
  });
}

/** mediabunny's formats of a container; its playlists, which name other files, are of none. */
function formatsOf(bunny: typeof import('mediabunny'), container: string): InputFormat[] {
  const formats: Readonly<Record<string, InputFormat[]>> = {
    mp4: [bunny.MP4, bunny.QTFF],
    matroska: [bunny.MATROSKA, bunny.WEBM],
    mpegts: [bunny.MPEG_TS],
    wav: [bunny.WAVE],
    ogg: [bunny.OGG],
    flac: [bunny.FLAC],
    mp3: [bunny.MP3],
    aac: [bunny.ADTS],
  };
  return formats[container] ?? [];
}

async function readBytes(handle: MediaInput['handle'], start: number, end: number): Promise<Uint8Array> {
  if (end - start > MAX_READ_BYTES) throw new Error('it claims to have an impossibly long header');
  const data = new Uint8Array(end - start);
  if (!(await fill(handle, data, start))) throw new Error('it became shorter while it was read');
  return data;
}
