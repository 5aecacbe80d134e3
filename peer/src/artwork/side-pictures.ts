import type { Logger } from '@giggityflix/kernel';
import { type CatalogId, catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import type { ArtworkKind } from '@giggityflix/proto/media-file';
import type { ContentSource } from '../content/content-source.ts';
import { createIdleWork } from '../idle/idle-work.ts';
import type { Library } from '../library/library.ts';
import type { SidecarFiles } from '../metadata/sidecar-files.ts';
import type { PictureReader, ReadPicture } from './read-pictures.ts';

/** Sends the pictures beside and within films, and takes back those that are there no more. */
export interface SidePictures {
  /** Call when films were described. */
  pump(): void;
  /** Sends all of them again. */
  repeat(): void;
  stop(): Promise<void>;
}

/** A picture with its place among those of its film. */
export type PlacedPicture = ReadPicture & { index: number };

type Due = ReturnType<Library['descriptions']['pictures']['due']>[number];

/** Places behind those of frames, one for each kind. */
const PLACES: Readonly<Partial<Record<ArtworkKind, number>>> = {
  POSTER: 20,
  BACKDROP: 21,
  THUMB: 22,
  LOGO: 23,
};
const COVER_PLACE = 24;
/** Films looked up at once. */
const BATCH = 20;
/** How long to wait where so much is on its way to the edge that pictures are to come later. */
const BEHIND_MS = 1_000;

export function createSidePictures(deps: {
  library: Library;
  content: ContentSource;
  reader: PictureReader;
  logger: Logger;
  isIdle: () => boolean;
  /** Whether it is to look again in a while: not idle for a reason that ends by itself. */
  isBehind: () => boolean;
  /** Called within the transaction that notes that they are sent. */
  onPictures: (catalogId: CatalogId, pictures: readonly PlacedPicture[], removed: readonly number[]) => void;
}): SidePictures {
  const { library, reader } = deps;
  const known = library.descriptions.pictures;
  async function take({ catalog_id: id, beside, sent: former }: Due): Promise<boolean> {
    const catalogId = catalogIdFromBytes(id)!;
    const file = library.describer(id);
    if (!file) return false;
    const files = JSON.parse(beside) as NonNullable<SidecarFiles['pictures']>;
    const pictures: PlacedPicture[] = [];
    for (const each of files) {
      const index = PLACES[each.kind];
      const picture = index === undefined ? null : await reader.beside(file.dir, each);
      if (picture && index !== undefined) pictures.push({ ...picture, index });
    }
    const film = former === '' ? deps.content.lookup(catalogId) : null;
    const cover = film && (await reader.within(film));
    if (cover) pictures.push({ ...cover, index: COVER_PLACE });
    if (work.isStopped()) return false;
    const sent = new Set(pictures.map(({ index }) => index));
    const removed = placesIn(former).filter((index) => !sent.has(index));
    library.database.transaction(() => {
      if (known.setSent(id, beside)) deps.onPictures(catalogId, pictures, removed);
    })();
    return true;
  }

  const work = createIdleWork({
    isIdle: deps.isIdle,
    isBehind: deps.isBehind,
    behindMs: BEHIND_MS,
    failure: 'pictures beside films cannot be sent now',
    logger: deps.logger,
    async run({ mayGoOn }) {
      while (mayGoOn()) {
        const due = known.due(BATCH);
        if (due.length === 0) return;
        let done = 0;
        for (const each of due) if (!work.isStopped() && deps.isIdle() && (await take(each))) done += 1;
        if (done === 0) return;
      }
    },
  });

  return {
    pump: work.pump,
    repeat() {
      known.forgetSent();
      work.pump();
    },
    stop: work.stop,
  };
}

/** The places of the pictures that were sent. */
function placesIn(beside: string): number[] {
  if (beside === '') return [];
  const kinds = JSON.parse(beside) as { kind: ArtworkKind }[];
  return kinds.flatMap(({ kind }) => PLACES[kind] ?? []);
}
