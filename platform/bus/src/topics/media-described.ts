import {
  chapter,
  MAX_CHAPTERS,
  MAX_TRACKS,
  type MediaDescription,
  mediaDescription,
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
const trackEvent = z.object(eventShape(mediaTrack.shape));

/** A peer's description of a media file; its schema is that of the domain, with the names of events. */
export const peerMediaDescribed = z.object({
  peer_id: peerId,
  ...fields,
  hashes: fields.hashes.default({}),
  chapters: z.array(chapterEvent).max(MAX_CHAPTERS).default([]),
  tracks: z.array(trackEvent).max(MAX_TRACKS).default([]),
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
};
type Names = ReturnType<typeof namesOf>;

const toFields = (names: Names, value: Fields) =>
  Object.fromEntries(names.map(({ inDomain, inEvent }) => [inEvent, value[inDomain]]));
const fromFields = (names: Names, value: Fields) =>
  Object.fromEntries(names.map(({ inDomain, inEvent }) => [inDomain, value[inEvent] ?? null]));

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
    timestamp: said.timestamp,
  } as z.input<typeof peerMediaDescribed>;
}

/** The description within an event. */
export function fromMediaDescribed(event: PeerMediaDescribed): MediaDescription {
  return {
    ...fromFields(NAMES.description, event),
    chapters: event.chapters.map((each) => fromFields(NAMES.chapter, each)),
    tracks: event.tracks.map((each) => fromFields(NAMES.track, each)),
  } as MediaDescription;
}
