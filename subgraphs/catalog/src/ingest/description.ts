import { fromMediaDescribed, type PeerMediaDescribed } from '@giggityflix/bus';
import { parseFolder } from '@giggityflix/proto/media-file';
import { mediaTypeOf } from '@giggityflix/proto/media-type';
import { withDetails, withMarkers } from '../statements/facts.ts';
import type { Description } from '../statements/statements.ts';
import {
  MAX_FILE_NAME_LENGTH,
  MAX_LABEL_LENGTH,
  MAX_TITLE_LENGTH,
  MAX_WORD_LENGTH,
} from '../titles/limits.ts';
import { cleanOrNull } from '../titles/text.ts';
import { toDetails } from './details.ts';

/** Most hashes kept of a file. */
const MAX_HASHES = 16;

/** Names come from strangers' file systems: cleaned, clipped, and never empty. */
export function toDescription(event: PeerMediaDescribed): Description {
  const { catalogId, title, year, kind, season, episode, details, markers, folder, ...file } =
    fromMediaDescribed(event);
  const name = cleanOrNull(file.name, MAX_FILE_NAME_LENGTH) ?? catalogId;
  const isEpisode = kind === 'EPISODE';
  const facts = {
    title: {
      name: cleanOrNull(title, MAX_TITLE_LENGTH) ?? name.slice(0, MAX_TITLE_LENGTH),
      year,
      kind,
      season: isEpisode ? season : null,
      episode: isEpisode ? episode : null,
    },
    file: {
      ...file,
      name,
      hashes: Object.fromEntries(Object.entries(file.hashes).slice(0, MAX_HASHES)),
      container: word(file.container),
      mimeType: file.mimeType === null ? null : mediaTypeOf(file.mimeType),
      videoCodec: word(file.videoCodec),
      audioCodec: word(file.audioCodec),
      durationSeconds: positiveOrNull(file.durationSeconds),
      width: positiveOrNull(file.width),
      height: positiveOrNull(file.height),
      language: word(file.language),
      chapters: file.chapters.map((chapter) => ({
        startSeconds: chapter.startSeconds,
        endSeconds: positiveOrNull(chapter.endSeconds),
        title: cleanOrNull(chapter.title, MAX_LABEL_LENGTH),
      })),
      tracks: file.tracks.map((track) => ({
        kind: track.kind,
        codec: word(track.codec),
        language: word(track.language),
        name: cleanOrNull(track.name, MAX_LABEL_LENGTH),
        width: positiveOrNull(track.width),
        height: positiveOrNull(track.height),
        channels: positiveOrNull(track.channels),
      })),
      ...withMarkers(markers ?? []),
    },
    ...withDetails(details && toDetails(details, { kind, episode })),
  };
  return {
    catalogId,
    peerId: event.peer_id,
    folder: parseFolder(folder) ?? '',
    facts,
    at: Date.parse(event.timestamp),
  };
}

const word = (text: string | null) => cleanOrNull(text, MAX_WORD_LENGTH);

/** Zero is how a description without a value may arrive. */
function positiveOrNull(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}
