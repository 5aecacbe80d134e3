import { ids, MAX_ID_LENGTH } from '@giggityflix/bus';
import { badInput } from '@giggityflix/graphql';
import type { CatalogId } from '@giggityflix/proto/catalog-id';

/** Most catalog ids of one query or subscription. */
export const MAX_CATALOG_IDS = 500;
const MAX_PAGE = 100;

/** Checks ids that may be unknown: anything else than a catalog id is a file that no peer has. */
export function catalogIdList(catalogIds: readonly string[]): readonly string[] {
  if (catalogIds.length > MAX_CATALOG_IDS)
    throw badInput(
      `at most ${MAX_CATALOG_IDS} catalog ids can be asked for, and these are ${catalogIds.length}`,
    );
  const tooLong = catalogIds.findIndex((id) => id.length > MAX_ID_LENGTH);
  if (tooLong >= 0) throw badInput(`catalogIds[${tooLong}] is longer than ${MAX_ID_LENGTH} characters`);
  return catalogIds;
}

export function isCatalogId(id: string): id is CatalogId {
  return ids.catalogId.safeParse(id).success;
}

export function catalogId(id: string): CatalogId {
  const parsed = ids.catalogId.safeParse(id);
  if (!parsed.success) throw badInput(`catalogId: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

export function peerId(id: string): string {
  const parsed = ids.peerId.safeParse(id);
  if (!parsed.success) throw badInput(`peerId: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

export function opaqueId(name: string, id: string): string {
  const parsed = ids.opaqueId.safeParse(id);
  if (!parsed.success) throw badInput(`${name}: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

export function pageSize(first: number): number {
  if (first < 1 || first > MAX_PAGE) throw badInput(`first is ${first}, and must be 1 to ${MAX_PAGE}`);
  return first;
}

/** Cursors are opaque to clients; what does not match `shape` was not made by us. */
export function cursor(after: string | null | undefined, shape: RegExp): string | undefined {
  if (after == null) return undefined;
  const decoded = Buffer.from(after.slice(0, 1_000), 'base64url').toString('latin1');
  if (!shape.test(decoded)) throw badInput('after is not a cursor of this listing');
  return decoded;
}

export function toCursor(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64url');
}
