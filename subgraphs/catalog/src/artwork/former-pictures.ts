import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { EncodedPicture } from './encode.ts';

/** A picture as a former version kept it. */
export interface FormerPicture {
  catalogId: CatalogId;
  index: number;
  atSeconds: number;
  takenAt: number;
  data: Uint8Array;
}

/** The pictures of a former version, which kept them as peers had sent them. */
export interface FormerPictures {
  next(): Promise<FormerPicture | null>;
  /** Keeps the picture in its new form, or drops it where it has none. */
  replace(former: FormerPicture, picture: EncodedPicture | null): Promise<void>;
}

/** Encodes the pictures of a former version in the background, one by one; until then they are not shown. */
export function createFormerPictureConversion(deps: {
  pictures: () => FormerPictures;
  encode: (data: Uint8Array) => Promise<EncodedPicture | null>;
  logger: Logger;
}): Service {
  let running: Promise<void> | null = null;
  let stopping = false;

  const convert = async () => {
    const pictures = deps.pictures();
    let count = 0;
    for (;;) {
      const former = stopping ? null : await pictures.next();
      if (!former) break;
      await pictures.replace(former, await deps.encode(former.data));
      count += 1;
    }
    if (count > 0) deps.logger.info({ pictures: count }, 'encoded the pictures of a former version');
  };
  return {
    async start() {
      stopping = false;
      running = convert().catch((error) => {
        // Those that are left are encoded with the next start.
        deps.logger.warn({ err: error }, 'cannot encode the pictures of a former version');
      });
    },
    async stop() {
      stopping = true;
      await running;
    },
    ready: () => READY,
  };
}
