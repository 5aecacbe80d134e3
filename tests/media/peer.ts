import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { createDescriber } from '../../peer/src/metadata/describe.ts';
import { createRenditionOpener } from '../../peer/src/renditions/rendition-opener.ts';
import { shareFile } from '../../peer/testing/streaming.ts';

export interface RenditionPlace {
  rendition: 'remux' | 'transcode';
  startSeconds: number;
}

/** A peer's parts that describe a media file and make renditions of it. */
export function createPeerParts({ ffmpegPath, ffprobePath }: { ffmpegPath: string; ffprobePath: string }) {
  const describer = createDescriber({ extractMetadata: true, ffprobePath });
  const opener = createRenditionOpener({
    tools: async () => ({ ffmpegPath, ffprobePath }),
    maxConverting: 4,
  });
  return {
    async share(path: string) {
      const file = { dir: dirname(path), name: basename(path), sidecars: '[]' };
      const { media } = await describer.describe(file);
      const { durationSeconds, container, videoCodec, audioCodec, chapters } = media;
      const film = await shareFile(await readFile(path), {
        durationSeconds,
        container,
        videoCodec,
        audioCodec,
      });
      return { ...film, chapters };
    },
    /** Writes a rendition whole to a file, and gives what it was opened with. */
    async convert(
      film: Awaited<ReturnType<typeof shareFile>>,
      place: RenditionPlace,
      path: string,
      signal: AbortSignal,
    ) {
      const opened = await opener.forViewer(null).open(film.shared, place, signal);
      if ('error' in opened) throw new Error(opened.message);
      try {
        const pieces: Uint8Array[] = [];
        for (let index = 0; ; index += 1) {
          const piece = await opened.read(index, signal);
          if (!piece) break;
          pieces.push(piece.data);
        }
        await writeFile(path, Buffer.concat(pieces));
        const { startSeconds, rendition, mimeType, durationSeconds } = opened;
        return { startSeconds, rendition, mimeType, durationSeconds };
      } finally {
        await opened.close();
      }
    },
  };
}
