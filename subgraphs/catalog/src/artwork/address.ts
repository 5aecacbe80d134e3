import { type AccessLimits, isLimited, NOT_LIMITED } from '@giggityflix/http';
import { LIBRARY_ID } from '../store/limits.ts';
import type { ArtworkInfo } from '../store/store.ts';

/** Most libraries of an account, as its token has them. */
const MAX_LIBRARIES = 100;

/**
 * Relative to the gateway, which passes the path on. The version lets a browser keep a picture for good. A page shows pictures
 * without its visitor's credentials, so that the address says to what the visitor is limited.
 */
export function artworkUrl({ catalogId, index, digest }: ArtworkInfo, limits: AccessLimits): string {
  const query = new URLSearchParams({ v: version(digest) });
  if (limits.ratingLimit !== null) query.set('age', String(limits.ratingLimit));
  if (limits.libraries !== null) query.set('libraries', limits.libraries.join());
  return `/artwork/${catalogId}/${index}?${isLimited(limits) ? query : `v=${version(digest)}`}`;
}

export function version(digest: string): string {
  return digest.slice(0, 16);
}

export interface AddressQuery {
  age?: unknown;
  libraries?: unknown;
}

/** The limits that an address names; null for what are none. */
export function limitsOfAddress({ age, libraries }: AddressQuery): AccessLimits | null {
  let { ratingLimit, libraries: ids } = NOT_LIMITED;
  if (age !== undefined) {
    if (typeof age !== 'string' || !/^\d{1,2}$/.test(age)) return null;
    ratingLimit = Number(age);
  }
  if (libraries !== undefined) {
    if (typeof libraries !== 'string') return null;
    ids = libraries === '' ? [] : libraries.split(',');
    if (ids.length > MAX_LIBRARIES || !ids.every((id) => LIBRARY_ID.test(id))) return null;
  }
  return { ratingLimit, libraries: ids };
}
