import { join } from 'node:path';
import type { Logger } from '@giggityflix/kernel';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { withMediaInput } from '../containers/input.ts';
import type { ContentSource, SharedContent } from '../content/content-source.ts';
import { filtersOf } from '../ffmpeg/filters.ts';
import { probeFilm } from '../ffmpeg/stream-probe.ts';
import { canRun } from '../ffmpeg/tools.ts';
import { toneMapping } from '../renditions/arguments/filters.ts';
import { pictureOf, UNKNOWN_PICTURE } from '../renditions/streams/picture-source.ts';
import { createPictureCache } from './cache.ts';
import { captureFrame, type Frame, jpegSize, PICTURE_WIDTH } from './ffmpeg.ts';

export const MAX_SCREENSHOTS = 10;

export interface Screenshot {
  index: number;
  atSeconds: number;
  width: number;
  height: number;
  mimeType: 'image/jpeg';
  data: Buffer;
}

export interface Screenshots {
  /** Whether there is an FFmpeg to take them with. */
  available(): Promise<boolean>;
  /**
   * Takes `count` frames spread over a film, or finds them in the cache.
   *
   * @throws Error in words for the one who asked.
   */
  capture(catalogId: CatalogId, count: number): Promise<Screenshot[]>;
}

export function createScreenshots(
  config: {
    ffmpegPath: string;
    /** Says which stream is the film, and how its colours are coded. */
    ffprobePath?: string;
    dataDir: string;
    cacheBytes: number;
  },
  deps: { content: ContentSource; logger: Logger },
): Screenshots {
  const cache = createPictureCache({ dir: join(config.dataDir, 'screenshots'), maxBytes: config.cacheBytes });
  let found: Promise<boolean> | null = null;
  const available = () => {
    found ??= canRun(config.ffmpegPath);
    return found;
  };

  async function pictureIn(film: SharedContent): Promise<Omit<Frame, 'atSeconds'>> {
    const { ffmpegPath, ffprobePath } = config;
    const never = new AbortController().signal;
    const streams = ffprobePath ? ((await probeFilm(film, ffprobePath, never))?.streams ?? null) : null;
    const { stream, transfer } = (streams && pictureOf(streams)) ?? UNKNOWN_PICTURE;
    const isMapped = transfer !== 'sdr' && (await filtersOf(ffmpegPath)).has('zscale');
    return { stream, toneMapping: isMapped ? toneMapping({ transfer }) : [] };
  }

  async function frame(
    film: SharedContent,
    atSeconds: number,
    picture: () => Promise<Omit<Frame, 'atSeconds'>>,
  ): Promise<Buffer> {
    const key = `${film.catalogId}-${Math.round(atSeconds * 1_000)}`;
    const known = await cache.get(key);
    if (known) return known;
    const wanted = { atSeconds, ...(await picture()) };
    const data = await withMediaInput(film, (input) => captureFrame(config.ffmpegPath, input, wanted));
    await cache
      .put(key, data)
      .catch((error: unknown) => deps.logger.warn({ err: error }, 'a screenshot is not kept'));
    return data;
  }

  return {
    available,
    async capture(catalogId, count) {
      const film = deps.content.lookup(catalogId);
      if (!film || !(await film.isAvailable())) throw new Error('this peer does not share the file');
      if (!(await available())) throw new Error('FFmpeg is not installed on this peer (FFMPEG_PATH)');
      const wanted = Math.min(MAX_SCREENSHOTS, Math.max(1, count));
      const duration = film.durationSeconds ?? 0;
      const pictures: Screenshot[] = [];
      let found: ReturnType<typeof pictureIn> | null = null;
      const picture = () => {
        found ??= pictureIn(film);
        return found;
      };
      for (let index = 0; index < wanted; index += 1) {
        const atSeconds = (duration * (index + 1)) / (wanted + 1);
        const data = await frame(film, atSeconds, picture);
        const { width, height } = jpegSize(data) ?? { width: PICTURE_WIDTH, height: PICTURE_WIDTH };
        pictures.push({ index, atSeconds, width, height, mimeType: 'image/jpeg', data });
        if (duration === 0) break;
      }
      return pictures;
    },
  };
}
