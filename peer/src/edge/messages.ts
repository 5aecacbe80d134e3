import { descriptionToMessage, type MediaDescription } from '@giggityflix/proto';
import { clipDescription } from '@giggityflix/proto/media-file';
import type { Content } from '../library/types.ts';
import { markersOfChapters, mergeMarkers } from '../markers/chapter-names.ts';
import { clean } from '../naming/text.ts';

/** What the edge is to know of a content: within the limits of a description, and without line breaks in names. */
export function toMediaDescription(content: Content, name: string): MediaDescription {
  const { catalogId, sizeBytes, hashes } = content;
  const { subtitles: _subtitles, tags: _tags, chapters, tracks, details, markers, ...facts } = content.media;
  return descriptionToMessage(
    clipDescription({
      ...facts,
      catalogId,
      name: clean(name) || 'unnamed',
      sizeBytes,
      hashes,
      chapters: chapters.map((chapter) => ({ ...chapter, title: cleanOrNull(chapter.title) })),
      tracks: tracks.map((track) => ({ ...track, name: cleanOrNull(track.name) })),
      markers: mergeMarkers(markers ?? [], markersOfChapters(chapters, facts.durationSeconds)),
      details: details ?? null,
    }),
  );
}

function cleanOrNull(text: string | null): string | null {
  return clean(text ?? '') || null;
}
