import type { CatalogId } from './catalog-id.ts';

/** The 32 bytes of a catalog id as Node's drivers and gRPC take them. */
export function catalogIdToBuffer(id: CatalogId): Buffer {
  return Buffer.from(id, 'hex');
}
