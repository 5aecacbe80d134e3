import type { Logger } from '@giggityflix/kernel';
import { DERIVED_PEER_ID_PREFIX, derivePeerId, type RegistrationRequest } from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import type { CallFailure } from '../grpc/wire.ts';
import type { PeerKeys } from './peer-keys.ts';

type Claim = Pick<RegistrationRequest, 'peerId' | 'publicKey'>;

export const BOUND_TO_ANOTHER: CallFailure = {
  code: status.UNAUTHENTICATED,
  details: 'this peer id is bound to another key',
};

/** Which key an id belongs to: a derived one to the key it derives from, a custom one to the first, in any case of its letters. */
export function createOwnership(deps: { peerKeys: PeerKeys; logger: Logger }) {
  const { peerKeys } = deps;

  const ownerOf = async (peerId: string): Promise<Buffer | null> =>
    (await peerKeys.find(peerId)) ?? peerKeys.find(peerId.toLowerCase());

  /** An id in any other case belongs to the key of the one that was bound first: people would take them for one peer. */
  const bind = async ({ peerId, publicKey }: Claim): Promise<Buffer> => {
    const known = await peerKeys.find(peerId);
    if (known) return known;
    const folded = peerId.toLowerCase();
    const owner = await peerKeys.bind(folded, publicKey);
    return folded === peerId || !owner.equals(publicKey) ? owner : peerKeys.bind(peerId, publicKey);
  };

  return {
    /** Whether a custom id is another key's. Rejects when the store cannot be reached. */
    async isOfAnother({ peerId, publicKey }: Claim): Promise<boolean> {
      const owner = isReserved(peerId) ? null : await ownerOf(peerId);
      return owner !== null && !owner.equals(publicKey);
    },

    /** Binds a custom id to the key; why it cannot have it, or null. */
    async claim(claimed: Claim): Promise<CallFailure | null> {
      if (isReserved(claimed.peerId)) return null;
      try {
        const owner = await bind(claimed);
        return owner.equals(claimed.publicKey) ? null : BOUND_TO_ANOTHER;
      } catch (error) {
        deps.logger.error({ err: error }, 'cannot look up the key of a peer id');
        return { code: status.UNAVAILABLE, details: 'registrations cannot be checked right now; try again' };
      }
    },

    /** The id that a peer's key derives; null for a custom id that is bound to none. Rejects when the store cannot be reached. */
    async derivedIdOf(peerId: string): Promise<string | null> {
      if (isReserved(peerId)) return peerId;
      const owner = await ownerOf(peerId);
      return owner && derivePeerId(owner);
    },
  };
}

export type Ownership = ReturnType<typeof createOwnership>;

/** Whether only a key that derives it may have an id; in other cases it would be taken for that key's. */
export function isReserved(peerId: string): boolean {
  return peerId.slice(0, DERIVED_PEER_ID_PREFIX.length).toLowerCase() === DERIVED_PEER_ID_PREFIX;
}
