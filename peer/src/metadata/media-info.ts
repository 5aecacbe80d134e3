import type { MediaDescription, MediaDetails } from '@giggityflix/proto/media-file';
import type { EmbeddedTags } from './embedded-tags.ts';

/** What is known of a media file besides its bytes; null where the file does not say. */
export type MediaInfo = Omit<
  MediaDescription,
  'catalogId' | 'name' | 'sizeBytes' | 'hashes' | 'mimeType' | 'details'
> & {
  mimeType: string;
  /** What is said of the work itself; of an index of an earlier version, missing. */
  details?: MediaDetails | undefined;
  /** Names of subtitle files beside the media file. */
  subtitles: string[];
  /** What the file's own tags say it is, where they do. */
  tags?: EmbeddedTags | undefined;
};
