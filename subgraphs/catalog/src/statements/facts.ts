import { createHash } from 'node:crypto';
import {
  detailsOrNull,
  type Marker,
  type MediaDetails,
  mediaDescription,
  mediaDetails,
  NO_DETAILS,
} from '@giggityflix/proto/media-file';
import { z } from 'zod';
import { titleKind } from '../store/readable.ts';
import type { TitleFacts } from '../titles/identity.ts';

const {
  catalogId: _catalogId,
  title: _title,
  year,
  kind: _kind,
  season,
  episode,
  details: _details,
  folder: _folder,
  ...ofFile
} = mediaDescription.shape;

/** Facts as the database keeps them, in JSON. */
export const factsSchema = z.object({
  title: z.object({ name: z.string().min(1), year, kind: titleKind, season, episode }),
  file: z.object({ ...ofFile, hashes: z.record(z.string(), z.string()) }),
  /** Missing where nothing is said, so that such facts have the same digest as those of before there were any. */
  details: mediaDetails.optional(),
});

/** What a peer says of a file, cleaned: its title, and what the bytes hold. */
export type Facts = z.infer<typeof factsSchema> & { title: TitleFacts };
export type FileFacts = Facts['file'];

/** Longest facts that are kept, in characters of JSON; of longer ones chapters are left out, then long details. */
export const MAX_FACTS_LENGTH = 65_536;

/** A name for the facts: equal for equal ones, whoever states them. */
export function digestOf(facts: Facts): string {
  return createHash('sha256').update(canonical(facts)).digest('base64url').slice(0, 22);
}

/** JSON in which the order of members is that of their names. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}

/** Facts of at most {@link MAX_FACTS_LENGTH}; null where even the least of them are longer. */
export function bounded(facts: Facts): Facts | null {
  const isShort = (some: Facts) => JSON.stringify(some).length <= MAX_FACTS_LENGTH;
  if (isShort(facts)) return facts;
  const withoutChapters = { ...facts, file: { ...facts.file, chapters: [] } };
  if (isShort(withoutChapters)) return withoutChapters;
  const { details, ...rest } = withoutChapters;
  const least = { ...rest, ...withDetails(identifying(details)) };
  return isShort(least) ? least : null;
}

/** What decides which title a file is of. */
function identifying(details: MediaDetails | undefined): MediaDetails | null {
  if (!details) return null;
  const { externalIds, lastEpisode, extraOf } = details;
  return detailsOrNull({ ...NO_DETAILS, externalIds, lastEpisode, extraOf });
}

/** Markers as a part of a file's facts: those that end behind their beginning, in order, where there are any. */
export function withMarkers(markers: readonly Marker[]): Pick<FileFacts, 'markers'> {
  const sound = markers.filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds);
  const inOrder = sound.sort((one, other) => one.startSeconds - other.startSeconds);
  return inOrder.length > 0 ? { markers: inOrder } : {};
}

/** Details as a part of facts. */
export function withDetails(details: MediaDetails | null): Pick<Facts, 'details'> {
  return details ? { details } : {};
}
