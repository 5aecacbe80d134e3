import type { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { chapter, mediaTrack } from '@giggityflix/proto/media-file';
import { titleId } from '../titles/identity.ts';
import { type OnUnreadable, readable, readableHashes, titleKind } from './readable.ts';
import type { FileDescription, FileRecord, TitleRecord } from './store.ts';

export type FileRow = Prisma.MediaFileGetPayload<object>;
type TitleRow = Prisma.TitleGetPayload<object>;

export const toJson = (list: readonly object[]) => list as Prisma.InputJsonArray;

/** The row of a file that is described for the first time. */
export function fromDescription({
  file,
  title,
  describedAt,
}: FileDescription): Prisma.MediaFileUncheckedCreateInput {
  const at = new Date(describedAt);
  return {
    ...file,
    hashes: { ...file.hashes },
    chapters: toJson(file.chapters),
    tracks: toJson(file.tracks),
    sizeBytes: BigInt(file.sizeBytes),
    titleId: titleId(title),
    describedAt: at,
    addedAt: at,
  };
}

/** Rows as records. One that cannot be shown is left out and counted, so that it never takes those beside it. */
export function createRows(onUnreadable: OnUnreadable) {
  const ofFile = () => onUnreadable('file');
  return {
    toFile(row: FileRow): FileRecord {
      const { titleId, addedAt: _addedAt, describedAt: _describedAt, ...rest } = row;
      return {
        ...rest,
        titleId,
        catalogId: row.catalogId as CatalogId,
        sizeBytes: Number(row.sizeBytes),
        hashes: readableHashes(row.hashes, ofFile),
        chapters: readable(row.chapters, chapter, ofFile),
        tracks: readable(row.tracks, mediaTrack, ofFile),
      };
    },
    toTitles(rows: readonly TitleRow[]): TitleRecord[] {
      return rows.flatMap(({ searchText: _searchText, ...row }) => {
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
export function toArtwork<Row extends { catalogId: string }>(row: Row) {
  return { ...row, catalogId: row.catalogId as CatalogId };
}
