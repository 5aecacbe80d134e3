import type { ExternalId, ExtraOf, MediaDescription } from '@giggityflix/proto/media-file';
import type { Folders } from './folders.ts';
import type { Stem } from './stem.ts';

/** A file's name, taken apart. */
export interface Name extends Stem {
  /** Without the extension. */
  stem: string;
  folders: Folders;
}

/** What a rule found a name to say. */
export interface Finding extends Pick<MediaDescription, 'title' | 'year' | 'season' | 'episode' | 'kind'> {
  /** The parts of the name that said so, for the file's owner. */
  reasons: string[];
  /** Ids of other catalogs. */
  externalIds?: ExternalId[];
  /** The last of several episodes in the file. */
  lastEpisode?: number | null;
  /** The film or episode it belongs to. */
  extraOf?: ExtraOf;
}

/** What an extra belongs to. */
export interface Owner {
  title: string;
  year: number | null;
  externalIds: ExternalId[];
}

/** A clip that belongs to a film, or to a whole show: which of them a name says, only the catalog can know. */
export function toExtra(title: string, owner: Owner, reasons: string[]): Finding {
  const { year } = owner;
  return {
    ...toClip(title, year, reasons),
    extraOf: { ...owner, kind: 'MOVIE', season: null, episode: null },
  };
}

/** An episode that a clip belongs to. */
export function episodeOf({ title, year, season, episode, externalIds = [] }: Finding): ExtraOf {
  return { title, year, kind: 'EPISODE', season, episode, externalIds };
}

/** A clip is known by its content, whatever it is called. */
export function toClip(title: string, year: number | null, reasons: string[]): Finding {
  return { title, year, season: null, episode: null, kind: 'CLIP', reasons };
}

export function toFilm(title: string, year: number | null, reasons: string[]): Finding {
  return { title, year, season: null, episode: null, kind: 'MOVIE', reasons };
}

export const quoted = (text: string): string => `"${text.trim()}"`;
