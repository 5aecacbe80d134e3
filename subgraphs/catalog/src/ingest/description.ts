import type { PeerMediaDescribed } from '@giggityflix/bus';
import type { FileDescription } from '../store/store.ts';
import { cleanOrNull } from '../titles/text.ts';

/** Longest texts kept, in characters. */
const MAX_TITLE_LENGTH = 300;
const MAX_FILE_NAME_LENGTH = 500;
const MAX_WORD_LENGTH = 100;
const MAX_LABEL_LENGTH = 200;

/** Names come from strangers' file systems: cleaned, clipped, and never empty. */
export function toDescription(event: PeerMediaDescribed): FileDescription {
  const word = (text: string | null | undefined) => cleanOrNull(text, MAX_WORD_LENGTH);
  const fileName = cleanOrNull(event.name, MAX_FILE_NAME_LENGTH) ?? event.catalog_id;
  const isEpisode = event.kind === 'EPISODE';
  return {
    title: {
      name: cleanOrNull(event.title, MAX_TITLE_LENGTH) ?? fileName.slice(0, MAX_TITLE_LENGTH),
      year: event.year ?? null,
      kind: event.kind,
      season: isEpisode ? (event.season ?? null) : null,
      episode: isEpisode ? (event.episode ?? null) : null,
    },
    file: {
      catalogId: event.catalog_id,
      name: fileName,
      sizeBytes: event.size_bytes,
      hashes: event.hashes,
      container: word(event.container),
      mimeType: word(event.mime_type),
      videoCodec: word(event.video_codec),
      audioCodec: word(event.audio_codec),
      durationSeconds: positiveOrNull(event.duration_seconds),
      width: positiveOrNull(event.width),
      height: positiveOrNull(event.height),
      language: word(event.language),
      chapters: event.chapters.map(({ start_seconds, end_seconds, title }) => ({
        startSeconds: start_seconds,
        endSeconds: positiveOrNull(end_seconds),
        title: cleanOrNull(title, MAX_LABEL_LENGTH),
      })),
      tracks: event.tracks.map(({ kind, codec, language, name, width, height, channels }) => ({
        kind,
        codec: word(codec),
        language: word(language),
        name: cleanOrNull(name, MAX_LABEL_LENGTH),
        width: positiveOrNull(width),
        height: positiveOrNull(height),
        channels: positiveOrNull(channels),
      })),
      describedBy: event.peer_id,
    },
    describedAt: Date.parse(event.timestamp),
  };
}

/** Zero is how a description without a value may arrive. */
function positiveOrNull(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && value > 0 ? value : null;
}
