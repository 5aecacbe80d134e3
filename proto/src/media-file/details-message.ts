import {
  type MediaDetails as DetailsMessage,
  type ExternalId as ExternalIdMessage,
  MediaKind,
  PersonJob,
} from '../generated/giggityflix/edge/v1/peer_edge.ts';
import type { ExternalId, ExtraOf, MediaDetails, Person } from './details.ts';
import { nameOf } from './names.ts';

const JOBS = {
  ACTOR: PersonJob.PERSON_JOB_ACTOR,
  DIRECTOR: PersonJob.PERSON_JOB_DIRECTOR,
  WRITER: PersonJob.PERSON_JOB_WRITER,
  PRODUCER: PersonJob.PERSON_JOB_PRODUCER,
} as const satisfies Record<Person['job'], PersonJob>;

const KINDS = {
  MOVIE: MediaKind.MEDIA_KIND_MOVIE,
  EPISODE: MediaKind.MEDIA_KIND_EPISODE,
} as const satisfies Record<ExtraOf['kind'], MediaKind>;

export function detailsToMessage(details: MediaDetails): DetailsMessage {
  const { extraOf } = details;
  return {
    originalTitle: details.originalTitle ?? '',
    sortTitle: details.sortTitle ?? '',
    episodeTitle: details.episodeTitle ?? '',
    plot: details.plot ?? '',
    outline: details.outline ?? '',
    tagline: details.tagline ?? '',
    genres: details.genres,
    tags: details.tags,
    studios: details.studios,
    people: details.people.map(({ name, role, job }) => ({ name, role: role ?? '', job: JOBS[job] })),
    ratings: details.ratings.map(({ source, value, scale, votes }) => ({
      source: source ?? '',
      value,
      scale,
      votes: votes ?? 0,
    })),
    certification: details.certification ?? '',
    collection: details.collection ?? '',
    externalIds: details.externalIds,
    premiered: details.premiered ?? '',
    runtimeMinutes: details.runtimeMinutes ?? 0,
    lastEpisode: details.lastEpisode ?? undefined,
    extraOf: extraOf
      ? {
          ...extraOf,
          year: extraOf.year ?? 0,
          kind: KINDS[extraOf.kind],
          season: extraOf.season ?? undefined,
          episode: extraOf.episode ?? undefined,
        }
      : undefined,
    showPlot: details.showPlot ?? '',
    seasonTitle: details.seasonTitle ?? '',
  };
}

/** What a message says, to be checked against the schema. A person whose job is not known is left out. */
export function detailsFromMessage(message: DetailsMessage): MediaDetails {
  const { extraOf } = message;
  return {
    originalTitle: message.originalTitle || null,
    sortTitle: message.sortTitle || null,
    episodeTitle: message.episodeTitle || null,
    plot: message.plot || null,
    outline: message.outline || null,
    tagline: message.tagline || null,
    genres: message.genres,
    tags: message.tags,
    studios: message.studios,
    people: message.people.flatMap(({ name, role, job }) => {
      const known = nameOf(JOBS, job);
      return known ? [{ name, role: role || null, job: known }] : [];
    }),
    ratings: message.ratings.map(({ source, value, scale, votes }) => ({
      source: source || null,
      value,
      scale: scale || 10,
      votes: votes || null,
    })),
    certification: message.certification || null,
    collection: message.collection || null,
    externalIds: message.externalIds.map(toExternalId),
    premiered: message.premiered || null,
    runtimeMinutes: message.runtimeMinutes || null,
    lastEpisode: message.lastEpisode ?? null,
    extraOf: extraOf
      ? {
          title: extraOf.title,
          year: extraOf.year || null,
          kind: nameOf(KINDS, extraOf.kind) ?? 'MOVIE',
          season: extraOf.season ?? null,
          episode: extraOf.episode ?? null,
          externalIds: extraOf.externalIds.map(toExternalId),
        }
      : null,
    showPlot: message.showPlot || null,
    seasonTitle: message.seasonTitle || null,
  };
}

function toExternalId({ provider, value, ofShow }: ExternalIdMessage): ExternalId {
  return { provider, value, ofShow };
}
