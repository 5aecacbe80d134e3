import { type MediaDetails, NO_DETAILS } from '@giggityflix/proto/media-file';
import { mergeDetails } from '../statements/merge-details.ts';
import type { DetailsRecord, FileRecord } from '../store/store.ts';

/** What a title's files say together: what most of them do, each network with one voice, and proven ones before others. */
export function titleDetails(records: readonly DetailsRecord[]): MediaDetails {
  const proven = records.filter(({ isProven }) => isProven);
  const heard = [...(proven.length > 0 ? proven : records)].sort(
    (one, other) => one.firstAt - other.firstAt || (one.catalogId < other.catalogId ? -1 : 1),
  );
  return mergeDetails(heard, ({ details }) => details) ?? NO_DETAILS;
}

/** The files of a title without those of an earlier episode that go on to it. */
export function ownFiles(titleId: string, files: readonly FileRecord[]): FileRecord[] {
  return files.filter((file) => file.titleId === titleId);
}
