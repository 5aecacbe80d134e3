import type { MediaInput } from '../containers/input.ts';
import { openHeaders } from '../metadata/headers.ts';

/** The cover within a film, as it lies there: the one that is called so, or the first picture; null for none. */
export async function readCover(media: MediaInput): Promise<Uint8Array | null> {
  using input = await openHeaders(media);
  if (!input || !(await input.canRead())) return null;
  const { images = [] } = await input.getMetadataTags();
  const cover = images.find(({ kind }) => kind === 'coverFront') ?? images[0];
  return cover?.data ?? null;
}
