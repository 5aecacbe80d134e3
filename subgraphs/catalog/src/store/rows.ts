import type { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { ARTWORK_KINDS, type ArtworkKind, chapter, marker, mediaTrack } from '@giggityflix/proto/media-file';
import { type OnUnreadable, readable, readableHashes, titleKind } from './readable.ts';
import type { FileRecord, TitleRecord } from './store.ts';

export type FileRow = Prisma.MediaFileGetPayload<object>;
/** A file without what is said of its work, which is long and seldom asked for. */
export type ListedFileRow = Omit<FileRow, 'details'>;

export const isArtworkKind = (kind: string): kind is ArtworkKind =>
  (ARTWORK_KINDS as readonly string[]).includes(kind);
type TitleRow = Prisma.TitleGetPayload<object>;

export const toJson = (list: readonly object[]) => list as Prisma.InputJsonArray;

export const toJsonObject = (value: object) => value as Prisma.InputJsonObject;

/** Rows as records. One that cannot be shown is left out and counted, so that it never takes those beside it. */
export function createRows(onUnreadable: OnUnreadable) {
  const ofFile = () => onUnreadable('file');
  return {
    toFile(row: ListedFileRow): FileRecord {
      const { titleId, addedAt: _a, describedAt: _d, digest: _g, statedAge: _s, ageRules: _r, ...rest } = row;
      return {
        ...rest,
        titleId,
        catalogId: row.catalogId as CatalogId,
        sizeBytes: Number(row.sizeBytes),
        hashes: readableHashes(row.hashes, ofFile),
        chapters: readable(row.chapters, chapter, ofFile),
        markers: readable(row.markers, marker, ofFile),
        tracks: readable(row.tracks, mediaTrack, ofFile),
      };
    },
    toTitles(rows: readonly TitleRow[]): TitleRecord[] {
      return rows.flatMap(({ searchText: _s, nameWeight: _n, extraOfId: _e, ownAge: _o, ...row }) => {
        const kind = titleKind.safeParse(row.kind);
        if (kind.success && !Number.isNaN(row.addedAt.getTime()))
          return [{ ...row, kind: kind.data, addedAt: row.addedAt.toISOString() }];
        onUnreadable('title');
        return [];
      });
    },
  };
}

/** A picture, or what is known of one, of a row. */
export function toArtwork<Row extends { catalogId: string; kind: string }>(row: Row) {
  const kind: ArtworkKind = isArtworkKind(row.kind) ? row.kind : 'STILL';
  return { ...row, catalogId: row.catalogId as CatalogId, kind };
}
