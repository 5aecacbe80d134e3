import {
  chapter,
  externalId,
  extraOf,
  MAX_CHAPTERS,
  MAX_EXTERNAL_IDS,
  MAX_MARKERS,
  MAX_TRACKS,
  type MediaDescription,
  type MediaDetails,
  marker,
  mediaDescription,
  mediaDetails,
  mediaTrack,
  type UncheckedDescription,
} from '@giggityflix/proto/media-file';
import { z } from 'zod';
import { peerId, timestamp } from './values.ts';

/** `startSeconds` → `start_seconds`. */
type Snake<Name extends string> = Name extends `${infer Head}${infer Rest}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Rest>}`
  : Name;

/** The fields of an event for those of a domain schema: what may be null may also be missing. */
type EventShape<Shape extends z.ZodRawShape> = {
  [Name in keyof Shape & string as Snake<Name>]: Shape[Name] extends z.ZodNullable<infer Known>
    ? z.ZodOptional<z.ZodNullable<Known>>
    : Shape[Name];
};

type Fields = Readonly<Record<string, unknown>>;

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function eventShape<Shape extends z.ZodRawShape>(shape: Shape): EventShape<Shape> {
  return Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [
      snake(name),
      field instanceof z.ZodNullable ? field.optional() : field,
    ]),
  ) as EventShape<Shape>;
}

const fields = eventShape(mediaDescription.shape);
const chapterEvent = z.object(eventShape(chapter.shape));
const markerEvent = z.object(eventShape(marker.shape));
const trackEvent = z.object(eventShape(mediaTrack.shape));
const externalIdEvent = z.object(eventShape(externalId.shape));
const externalIdEvents = z.array(externalIdEvent).max(MAX_EXTERNAL_IDS);
const extraOfEvent = z.object({ ...eventShape(extraOf.shape), external_ids: externalIdEvents.default([]) });
const detailFields = eventShape(mediaDetails.shape);
/** Lists that are missing are empty ones. */
const detailsEvent = z.object({
  ...detailFields,
  genres: detailFields.genres.default([]),
  tags: detailFields.tags.default([]),
  studios: detailFields.studios.default([]),
  people: detailFields.people.default([]),
  ratings: detailFields.ratings.default([]),
  external_ids: externalIdEvents.default([]),
  extra_of: extraOfEvent.nullable().optional(),
});

/** A peer's description of a media file; its schema is that of the domain, with the names of events. */
export const peerMediaDescribed = z.object({
  peer_id: peerId,
  ...fields,
  hashes: fields.hashes.default({}),
  chapters: z.array(chapterEvent).max(MAX_CHAPTERS).default([]),
  tracks: z.array(trackEvent).max(MAX_TRACKS).default([]),
  markers: z.array(markerEvent).max(MAX_MARKERS).optional(),
  folder: fields.folder,
  details: detailsEvent.nullable().optional(),
  timestamp,
});
export type PeerMediaDescribed = z.infer<typeof peerMediaDescribed>;

/** The names of an object's fields in the domain and in events. */
const namesOf = ({ shape }: z.ZodObject) =>
  Object.keys(shape).map((name) => ({ inDomain: name, inEvent: snake(name) }));
const NAMES = {
  description: namesOf(mediaDescription),
  chapter: namesOf(chapter),
  track: namesOf(mediaTrack),
  marker: namesOf(marker),
  details: namesOf(mediaDetails),
  externalId: namesOf(externalId),
  extraOf: namesOf(extraOf),
};
type Names = ReturnType<typeof namesOf>;
/** What is missing of these is null. */
const OF_FILE = NAMES.description.filter(({ inDomain }) => inDomain !== 'folder');

const toFields = (names: Names, value: Fields) =>
  Object.fromEntries(names.map(({ inDomain, inEvent }) => [inEvent, value[inDomain]]));
const fromFields = (names: Names, value: Fields) =>
  Object.fromEntries(names.map(({ inDomain, inEvent }) => [inDomain, value[inEvent] ?? null]));

const toIds = (ids: MediaDetails['externalIds']) => ids.map((each) => toFields(NAMES.externalId, each));

function toDetails(details: MediaDetails): Fields {
  const { externalIds, extraOf } = details;
  return {
    ...toFields(NAMES.details, details),
    external_ids: toIds(externalIds),
    extra_of: extraOf && {
      ...toFields(NAMES.extraOf, extraOf),
      external_ids: toIds(extraOf.externalIds),
    },
  };
}

function fromDetails(event: z.infer<typeof detailsEvent>): Fields {
  const fromIds = (ids: z.infer<typeof externalIdEvents>) =>
    ids.map((each) => fromFields(NAMES.externalId, each));
  const { external_ids, extra_of } = event;
  return {
    ...fromFields(NAMES.details, event),
    externalIds: fromIds(external_ids),
    extraOf: extra_of
      ? { ...fromFields(NAMES.extraOf, extra_of), externalIds: fromIds(extra_of.external_ids) }
      : null,
  };
}

/** The event of a description, to be checked against the topic's schema when the description has not been. */
export function toMediaDescribed(
  description: UncheckedDescription,
  said: { peerId: string; timestamp: string },
): z.input<typeof peerMediaDescribed> {
  return {
    peer_id: said.peerId,
    ...toFields(NAMES.description, description),
    chapters: description.chapters.map((each) => toFields(NAMES.chapter, each)),
    tracks: description.tracks.map((each) => toFields(NAMES.track, each)),
    markers: description.markers?.map((each) => toFields(NAMES.marker, each)),
    folder: description.folder,
    details: description.details && toDetails(description.details),
    timestamp: said.timestamp,
  } as z.input<typeof peerMediaDescribed>;
}

/** The description within an event. */
export function fromMediaDescribed(event: PeerMediaDescribed): MediaDescription {
  return {
    ...fromFields(OF_FILE, event),
    chapters: event.chapters.map((each) => fromFields(NAMES.chapter, each)),
    tracks: event.tracks.map((each) => fromFields(NAMES.track, each)),
    markers: event.markers?.map((each) => fromFields(NAMES.marker, each)),
    ...(event.folder !== undefined && { folder: event.folder }),
    details: event.details ? fromDetails(event.details) : null,
  } as MediaDescription;
}
