import type { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { type TitleFacts, type TitleKind, titleId } from '../titles/identity.ts';
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

/** The file of a row. */
export function toFile(row: FileRow): FileRecord {
  const { titleId, addedAt: _addedAt, describedAt: _describedAt, ...rest } = row;
  return {
    ...rest,
    titleId,
    catalogId: row.catalogId as CatalogId,
    sizeBytes: Number(row.sizeBytes),
    hashes: row.hashes as Record<string, string>,
    chapters: (row.chapters ?? []) as unknown as FileRecord['chapters'],
    tracks: (row.tracks ?? []) as unknown as FileRecord['tracks'],
  };
}

/** The title of a row. */
export function toTitle(row: TitleRow): TitleRecord {
  const { searchText: _searchText, ...rest } = row;
  const facts: TitleFacts = { ...rest, kind: row.kind as TitleKind };
  return { ...rest, ...facts, addedAt: row.addedAt.toISOString() };
}

/** A picture, or what is known of one, of a row. */
export function toArtwork<Row extends { catalogId: string }>(row: Row) {
  return { ...row, catalogId: row.catalogId as CatalogId };
}
