import { ids } from '@giggityflix/bus';
import { badInput } from '@giggityflix/graphql';
import type { Viewer } from '../access/viewer.ts';
import { SHARED_PROFILE } from '../watchlist/watchlist.ts';
import { ownProfile } from './errors.ts';

const MAX_PAGE = 100;
const MAX_IDS = 100;

/** @throws GraphQLError BAD_USER_INPUT */
export function checkFirst(first: number | null | undefined, usual: number): number {
  const given = first ?? usual;
  if (given < 1 || given > MAX_PAGE) throw badInput(`first must be 1 to ${MAX_PAGE}`);
  return given;
}

/** @throws GraphQLError BAD_USER_INPUT */
export function checkProfile(profileId: string | null | undefined): string | null {
  return profileId == null ? null : checkId(profileId, 'profileId');
}

/** The profile whose lists are meant. @throws GraphQLError BAD_USER_INPUT, FORBIDDEN */
export function listProfile(viewer: Viewer, profileId: string | null | undefined): string {
  return ownProfile(viewer, checkProfile(profileId)) ?? SHARED_PROFILE;
}

/** @throws GraphQLError BAD_USER_INPUT */
export function checkId(value: string, name: string): string {
  const parsed = ids.opaqueId.safeParse(value);
  if (!parsed.success) throw badInput(`${name}: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

/** Each once. @throws GraphQLError BAD_USER_INPUT */
export function checkCatalogIds(catalogIds: readonly string[]): string[] {
  if (catalogIds.length < 1 || catalogIds.length > MAX_IDS)
    throw badInput(`catalogIds must be 1 to ${MAX_IDS}`);
  return [...new Set(catalogIds.map((id) => checkId(id, 'catalogIds')))];
}
