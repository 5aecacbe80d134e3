import type { MediaDetails } from '@giggityflix/proto/media-file';
import type { DetailsRecord, FileRecord } from '../store/store.ts';

/** An operator's word on who may watch it stands above all others. */
export function withCertification(details: MediaDetails, corrected: readonly DetailsRecord[]): MediaDetails {
  const certification = corrected.find((record) => record.details.certification)?.details.certification;
  return certification ? { ...details, certification } : details;
}

/** The files of a title without those of an earlier episode that go on to it. */
export function ownFiles(titleId: string, files: readonly FileRecord[]): FileRecord[] {
  return files.filter((file) => file.titleId === titleId);
}
