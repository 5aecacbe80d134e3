import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { Said, Transaction } from './said.ts';
import { heard } from './standing.ts';

/**
 * Shows of each kind the pictures of the one who is heard and has some, the eldest of several; where nobody is heard, those
 * shown stay unless their peer failed.
 */
export async function showPictures(
  transaction: Transaction,
  catalogId: CatalogId,
  said: readonly Said[],
): Promise<void> {
  const [only, another] = said;
  if (only && !another && only.isAllShown && only.standing.kind !== 'failed') return;
  const pictures = await transaction.picture.findMany({
    where: { catalogId },
    select: { peerId: true, index: true, kind: true, isShown: true },
    orderBy: [{ peerId: 'asc' }, { index: 'asc' }],
  });
  const shown = chosen(said, pictures);
  for (const isShown of [false, true])
    for (const { peerId, index } of pictures.filter((each) => each.isShown !== isShown))
      if (shown.has(keyOf({ peerId, index })) === isShown)
        await transaction.picture.updateMany({ where: { catalogId, peerId, index }, data: { isShown } });
}

interface Known {
  peerId: string;
  index: number;
  kind: string;
  isShown: boolean;
}

const keyOf = ({ peerId, index }: Pick<Known, 'peerId' | 'index'>) => `${index} ${peerId}`;

/** The pictures to be shown; of each index one, since a picture's address names no peer. */
function chosen(said: readonly Said[], pictures: readonly Known[]): ReadonlySet<string> {
  const speakers = heard(said).sort(
    (one, other) => one.firstAt - other.firstAt || (one.peerId < other.peerId ? -1 : 1),
  );
  const order =
    speakers.length > 0
      ? speakers.map(({ peerId }) => peerId)
      : said.filter((peer) => peer.isShown && peer.standing.kind !== 'failed').map(({ peerId }) => peerId);
  // Pictures whose peer is not known serve where there are no others.
  const peers = order.length > 0 ? order : [''];
  const kinds = new Set(pictures.map(({ kind }) => kind));
  const shown = new Map<number, string>();
  for (const kind of kinds) {
    const ofKind = pictures.filter((each) => each.kind === kind);
    const peer = peers.find((id) => ofKind.some(({ peerId }) => peerId === id));
    for (const each of ofKind)
      if (each.peerId === peer && !shown.has(each.index)) shown.set(each.index, keyOf(each));
  }
  return new Set(shown.values());
}
