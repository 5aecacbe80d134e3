import type { CatalogUpdate } from '@giggityflix/proto';

/** How long a peer that claims too many files is to wait before it claims them again, in milliseconds. */
export const CLAIM_RETRY_MS = 60_000;

interface Claims {
  /** Files of the last complete announcement and the changes since; at most too many, as no ids are kept. */
  held: number;
  /** The full update under way. */
  update: { id: string; count: number; refused: boolean } | null;
}

/** How many files each peer says that it has, against the most it may. */
export function createClaimedFiles<Key extends object>({ maxFiles }: { maxFiles: number }) {
  const byConnection = new Map<Key, Claims>();
  const tooMany = `a peer may announce ${maxFiles} files here; remove some, or announce fewer in full`;

  /** A part of a full update that has been refused is refused too, so that it never takes effect without the others. */
  const claimPart = (claims: Claims, { catalogIds, updateId, final }: CatalogUpdate): string | null => {
    const isNext = updateId !== '' && claims.update?.id === updateId;
    const update = isNext ? claims.update! : { id: updateId, count: 0, refused: false };
    update.count += catalogIds.length;
    update.refused ||= update.count > maxFiles;
    const isLast = updateId === '' || final;
    claims.update = isLast ? null : update;
    if (isLast && !update.refused) claims.held = update.count;
    return update.refused ? tooMany : null;
  };

  return {
    /** Null when the peer may claim what this update says; otherwise why not. */
    claim(connection: Key, update: CatalogUpdate): string | null {
      const claims = byConnection.get(connection) ?? { held: 0, update: null };
      byConnection.set(connection, claims);
      if (update.full) return claimPart(claims, update);
      const held = Math.max(0, claims.held - update.removedCatalogIds.length) + update.catalogIds.length;
      if (held > maxFiles && update.catalogIds.length > 0) return tooMany;
      claims.held = held;
      return null;
    },
    close(connection: Key): void {
      byConnection.delete(connection);
    },
  };
}
