import type { MediaTrack } from '@giggityflix/proto/media-file';
import type { MediaInfo } from '../metadata/media-info.ts';

/** A track as the index keeps it: its kind in lowercase, and without what is not known. */
type StoredTrack = Pick<MediaTrack, 'codec' | 'language'> &
  Partial<Pick<MediaTrack, 'name' | 'width' | 'height' | 'channels'>> & {
    kind: Lowercase<MediaTrack['kind']>;
  };
type StoredMedia = Omit<MediaInfo, 'tracks'> & { tracks: StoredTrack[] };

/** The text that stands for a description in the index; the same for the same description. */
export function writeMedia(media: MediaInfo): string {
  const tracks = media.tracks.map(({ kind, codec, language, name, width, height, channels }) => ({
    kind: kind.toLowerCase(),
    codec,
    language,
    name: name ?? undefined,
    width: width ?? undefined,
    height: height ?? undefined,
    channels: channels ?? undefined,
  }));
  return JSON.stringify({ ...media, tracks });
}

export function readMedia(text: string): MediaInfo {
  const stored = JSON.parse(text) as StoredMedia;
  return { ...stored, tracks: stored.tracks.map(toTrack) };
}

function toTrack({ kind, codec, language, name, width, height, channels }: StoredTrack): MediaTrack {
  return {
    kind: kind.toUpperCase() as MediaTrack['kind'],
    codec,
    language,
    name: name ?? null,
    width: width ?? null,
    height: height ?? null,
    channels: channels ?? null,
  };
}
