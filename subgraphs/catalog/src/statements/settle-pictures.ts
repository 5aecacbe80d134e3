import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { Said, Transaction } from './said.ts';
import { heard } from './standing.ts';

/** Shows the pictures of the one who is heard, the eldest of several; without one, those shown stay unless their peer failed. */
export async function showPictures(
  transaction: Transaction,
  catalogId: CatalogId,
  said: readonly Said[],
): Promise<void> {
  const shown = said.filter(({ isShown }) => isShown);
  const [chosen] = heard(said).sort(
    (one, other) => one.firstAt - other.firstAt || (one.peerId < other.peerId ? -1 : 1),
  );
  const remains = (peer: Said) => (chosen ? peer.peerId === chosen.peerId : peer.standing.kind !== 'failed');
  const hidden = shown.filter((peer) => !remains(peer)).map(({ peerId }) => peerId);
  if (hidden.length > 0)
    await transaction.picture.updateMany({
      where: { catalogId, peerId: { in: hidden } },
      data: { isShown: false },
    });
  const visible = chosen?.peerId ?? shown.find(remains)?.peerId ?? legacyOf(said);
  if (visible === undefined || said.some((peer) => peer.peerId === visible && peer.isAllShown)) return;
  await transaction.picture.updateMany({
    where: { catalogId, peerId: visible, isShown: false },
    data: { isShown: true },
  });
}

/** Pictures whose peer is not known serve where there are no others. */
function legacyOf(said: readonly Said[]): string | undefined {
  return said.find(({ peerId }) => peerId === '')?.peerId;
}
