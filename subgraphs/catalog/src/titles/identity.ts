import { createHash } from 'node:crypto';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { MediaDescription } from '@giggityflix/proto/media-file';
import { MAX_TITLE_LENGTH } from './limits.ts';
import { words } from './text.ts';

export type TitleKind = MediaDescription['kind'];

/** What makes two titles the same one. */
export interface TitleFacts extends Pick<MediaDescription, 'year' | 'kind' | 'season' | 'episode'> {
  name: string;
}

/**
 * The id of a file's title: a UUIDv8 (RFC 9562) from the SHA-256 of its folded name, year, kind, season and episode. Every
 * instance derives the same id from two encodings of one film, with no coordination. A clip has no name that anyone agreed on
 * ("movie", "IMG_0001"): its content stands for it, so that clips that are called alike stay apart.
 */
export function titleId(facts: TitleFacts, catalogId: CatalogId): string {
  return idOf(facts.kind === 'CLIP' ? [titleKey(facts), catalogId] : titleKey(facts));
}

/** The id of a title whose name, year and numbers another title has as well: an id of another catalog keeps them apart. */
export function namesakeId(facts: TitleFacts, identityKey: string): string {
  return idOf([titleKey(facts), identityKey]);
}

/**
 * What the extras of a whole work name: the id of the film of that name and year, or of a show's, whose episodes are its
 * titles.
 */
export function workId({ name, year }: Pick<TitleFacts, 'name' | 'year'>): string {
  return idOf(titleKey({ name, year, kind: 'MOVIE', season: null, episode: null }));
}

function idOf(key: readonly unknown[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(key)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** What is equal where two statements about one file name the same title. */
export function titleKey(facts: TitleFacts): readonly (string | number | null)[] {
  return [facts.kind, folded(facts.name), facts.year, facts.season, facts.episode];
}

/** Orders titles by name, the episodes of a series by season and episode, and namesakes by year. */
export function sortKey(facts: TitleFacts): string {
  return [folded(facts.name), padded(facts.season, 5), padded(facts.episode, 6), padded(facts.year, 4)].join(
    '!',
  );
}

/** What the sort keys of all episodes of a show begin with. */
export function showKey(name: string): string {
  return `${folded(name)}!`;
}

/** The words of a name between spaces, so that a search for a word's beginning is a search for ` word`. */
export function searchText(name: string): string {
  return ` ${folded(name)} `;
}

/** A name of emoji or punctuation alone has no words and stands for itself. */
function folded(name: string): string {
  return (words(name).join(' ') || name.toLowerCase()).slice(0, MAX_TITLE_LENGTH).toWellFormed();
}

function padded(value: number | null, digits: number): string {
  return value === null ? '' : String(value).padStart(digits, '0');
}
