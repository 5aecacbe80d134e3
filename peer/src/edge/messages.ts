import { basename, relative, sep } from 'node:path';
import { descriptionToMessage, type MediaDescription } from '@giggityflix/proto';
import { clipDescription, parseFolder } from '@giggityflix/proto/media-file';
import type { Content, FileFacts } from '../library/types.ts';
import { markersOfChapters, mergeMarkers } from '../markers/chapter-names.ts';
import { clean } from '../naming/text.ts';

/** What the edge is to know of a content: within the limits of a description, and without line breaks in names. */
export function toMediaDescription(content: Content, file: DescribingFile): MediaDescription {
  const { name } = file;
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
      ...folderOf(file),
    }),
  );
}

/** The file that a content is described by. */
export type DescribingFile = Pick<FileFacts, 'dir' | 'name' | 'root'>;

/** Where a file is, from the shared folder on; what is no path that others can use is left out. */
function folderOf({ dir, root }: DescribingFile): { folder?: string } {
  const below = relative(root, dir);
  const names = [basename(root), ...below.split(sep)].filter((name) => name !== '');
  const folder = below.startsWith('..') ? null : parseFolder(names.join('/'));
  return folder === null ? {} : { folder };
}

function cleanOrNull(text: string | null): string | null {
  return clean(text ?? '') || null;
}
