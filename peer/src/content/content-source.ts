import type { FileHandle } from 'node:fs/promises';
import type { CatalogId } from '@giggityflix/proto/catalog-id';

/**
 * What streaming may know of the files a peer shares. Nothing outside this folder turns a request into a
 * path: a viewer names a catalog id, and the index alone says which file has those bytes.
 */
export interface ContentSource {
  /** The shared file whose catalog id a text is, or null when this peer does not share it now. */
  lookup(text: string): SharedContent | null;
}

export interface SharedContent {
  catalogId: CatalogId;
  /** Absolute path, for messages and for what lies beside the file. To read bytes, use {@link SharedContent.open}. */
  path: string;
  sizeBytes: number;
  mimeType: string;
  /** Null where the container does not say. */
  durationSeconds: number | null;
  /** As mediabunny names them: `mp4`, `matroska`, …; `avc`, `vp9`, …; `aac`, `opus`, …. */
  container: string | null;
  videoCodec: string | null;
  /** Of the picture, in lines; null where it is unknown or there is none. */
  height: number | null;
  audioCodec: string | null;
  /** Names of the subtitle files in the folder of `path`. */
  subtitles: readonly string[];
  /**
   * The Merkle hashes of the 256 KiB pieces, 32 bytes each, in file order. A file of at most one piece has one entry,
   * the pieces root itself.
   */
  pieceLayer: Buffer;
  /**
   * Opens the file for reading, having checked that it is still the one that was hashed: a regular file
   * inside a media folder (links resolved), of the same size and modification time.
   *
   * @throws ContentChangedError when it is not; the file is checked again, and the id is withdrawn.
   */
  open(): Promise<FileHandle>;
  /** The checks of {@link SharedContent.open} without opening. */
  isAvailable(): Promise<boolean>;
}

/** The file behind a catalog id is gone, moved out of reach, or has other bytes than were hashed. */
export class ContentChangedError extends Error {
  override readonly name = 'ContentChangedError';
}
