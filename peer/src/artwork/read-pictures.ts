import { join } from 'node:path';
import type { ArtworkKind } from '@giggityflix/proto/media-file';
import { type OpenableFilm, withMediaInput } from '../containers/input.ts';
import { canRun } from '../ffmpeg/tools.ts';
import { openInside } from '../files/open-inside.ts';
import type { SidecarReading } from '../metadata/outside.ts';
import type { StatedFile } from '../metadata/sidecar-files.ts';
import { PICTURE_LIMITS } from '../processes/limits.ts';
import { readCover } from './cover.ts';
import { type PictureHeader, pictureHeader, pictureType } from './picture-header.ts';
import { extractCover, shrinkPicture } from './shrink.ts';

/** A larger file is no poster. */
export const MAX_PICTURE_FILE_BYTES = 32 * 1_048_576;
/** What the catalog decodes; a larger picture is made smaller first. */
const MAX_SIDE = 8_192;
const MAX_PIXELS = 16_000_000;
const MAX_SENT_BYTES = PICTURE_LIMITS.outputBytes;

export interface ReadPicture extends PictureHeader {
  kind: ArtworkKind;
  data: Buffer;
}

export interface PictureReader {
  /** A picture beside a film; null, with the reason reported, for one that cannot be used. */
  beside(dir: string, picture: StatedFile & { kind: ArtworkKind }): Promise<ReadPicture | null>;
  /** The cover within a film; null where there is none. */
  within(film: OpenableFilm): Promise<ReadPicture | null>;
}

export function createPictureReader(
  config: { ffmpegPath: string; roots: readonly string[] },
  { onSidecar }: { onSidecar: (reading: SidecarReading) => void },
): PictureReader {
  let ffmpeg: Promise<boolean> | null = null;
  const hasFfmpeg = () => {
    ffmpeg ??= canRun(config.ffmpegPath);
    return ffmpeg;
  };

  async function read(path: string): Promise<Omit<ReadPicture, 'kind'>> {
    const handle = await openInside(path, config.roots);
    try {
      const { size } = await handle.stat();
      if (size > MAX_PICTURE_FILE_BYTES) throw new Error(`it is larger than ${MAX_PICTURE_FILE_BYTES} bytes`);
      const head = Buffer.alloc(Math.min(size, 32));
      await handle.read(head, 0, head.length, 0);
      const type = pictureType(head);
      if (!type) throw new Error('it is neither JPEG nor PNG nor WebP');
      const data = size <= MAX_SENT_BYTES ? Buffer.alloc(size) : null;
      if (data) await handle.read(data, 0, size, 0);
      const header = data && pictureHeader(data);
      if (data && header && isModest(header)) return { ...header, data };
      if (!(await hasFfmpeg())) throw new Error('it is too large, and there is no FFmpeg to make it smaller');
      return asRead(await shrinkPicture(config.ffmpegPath, { type, path, handle }));
    } finally {
      await handle.close();
    }
  }

  return {
    async beside(dir, { kind, name }) {
      const path = join(dir, name);
      try {
        const picture = await read(path);
        onSidecar({ path, problem: null });
        return { kind, ...picture };
      } catch (error) {
        onSidecar({ path, problem: (error as Error).message });
        return null;
      }
    },
    async within(film) {
      try {
        const cover = await withMediaInput(film, readCover);
        if (!cover) return null;
        const data = Buffer.from(cover);
        const header = data.length <= MAX_SENT_BYTES ? pictureHeader(data) : null;
        if (header && isModest(header)) return { kind: 'POSTER', ...header, data };
        if (!pictureType(data) || !(await hasFfmpeg())) return null;
        const smaller = await withMediaInput(film, (input) => extractCover(config.ffmpegPath, input));
        return { kind: 'POSTER', ...asRead(smaller) };
      } catch {
        return null;
      }
    },
  };
}

function asRead(data: Buffer): Omit<ReadPicture, 'kind'> {
  const header = pictureHeader(data);
  if (!header) throw new Error('it cannot be read');
  return { ...header, data };
}

function isModest({ width, height }: PictureHeader): boolean {
  return Math.max(width, height) <= MAX_SIDE && width * height <= MAX_PIXELS;
}
