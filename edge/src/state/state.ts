import type { Readiness } from '@giggityflix/kernel';
import type { DeliveryJournal } from '../commands/delivery-journal.ts';
import type { Members } from '../membership/members.ts';
import type { ConnectionDirectory } from '../peers/connection-directory.ts';
import type { PeerKeys } from '../peers/peer-keys.ts';

/** What edges keep beyond the life of their process: `state.embedded.ts` or `state.redis.ts`, see `open.ts`. */
export interface EdgeState {
  peerKeys: PeerKeys;
  members: Members;
  directory: ConnectionDirectory;
  journal: DeliveryJournal;
  ready(): Readiness | Promise<Readiness>;
  close(): Promise<void>;
}
