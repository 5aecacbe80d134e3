import type { MediaDescription } from '@giggityflix/proto/media-file';

/** What is known of a media file besides its bytes; null where the file does not say. */
export type MediaInfo = Omit<MediaDescription, 'catalogId' | 'name' | 'sizeBytes' | 'hashes' | 'mimeType'> & {
  mimeType: string;
  /** Names of subtitle files beside the media file. */
  subtitles: string[];
};
