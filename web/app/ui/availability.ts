import { onReconnected, request, subscribe } from '../graphql.ts';
import { AVAILABILITY, AVAILABILITY_CHANGED } from '../operations.ts';

export interface Availability {
  isAvailable: boolean;
  peerCount: number;
}

/** Most ids of one subscription, as the API has it. */
const MAX_IDS = 500;

/** Reports every change of some films' availability until the returned function is called. */
export function watchAvailability(
  catalogIds: readonly string[],
  onChange: (catalogId: string, availability: Availability) => void,
): () => void {
  const ends: (() => void)[] = [];
  for (let at = 0; at < catalogIds.length; at += MAX_IDS) {
    const some = catalogIds.slice(at, at + MAX_IDS);
    ends.push(
      subscribe(
        AVAILABILITY_CHANGED,
        { catalogIds: some },
        { next: ({ catalogAvailabilityChanged: change }) => onChange(change.catalogId, change) },
      ),
      // What changed while the socket was closed was missed.
      onReconnected(() => {
        request(AVAILABILITY, { catalogIds: some }).then(
          ({ catalogAvailability }) => {
            for (const now of catalogAvailability) onChange(now.catalogId, now);
          },
          () => {},
        );
      }),
    );
  }
  return () => {
    for (const end of ends) end();
  };
}

export function describeAvailability({ isAvailable, peerCount }: Availability): string {
  if (!isAvailable) return 'Unavailable';
  return `From ${peerCount} ${peerCount === 1 ? 'machine' : 'machines'}`;
}
