import type { PeerHoldingChecked, Topics } from '@giggityflix/bus';
import type { CatalogId } from '@giggityflix/proto';
import type { Connection } from '../peers/connections.ts';
import type { Publisher } from '../publisher/publisher.ts';

/** Rough size of an event, for the publisher's count. */
const EVENT_BYTES = 400;

export type Outcome = PeerHoldingChecked['outcome'];

/** Publishes what came of challenges. */
export function createOutcomes({ topics, publisher }: { topics: Topics; publisher: Publisher }) {
  return {
    checked({ peerId, edgeId, connectionId }: Connection, catalogId: CatalogId, outcome: Outcome): void {
      const value: PeerHoldingChecked = {
        peer_id: peerId,
        edge_id: edgeId,
        connection_id: connectionId,
        catalog_id: catalogId,
        outcome,
        timestamp: new Date().toISOString(),
      };
      const record = { topic: topics.peerHoldingChecked, key: peerId, value };
      publisher.publish(peerId, [record], EVENT_BYTES, () => {});
    },

    /** Lets the viewer of a session turn to another peer at once. */
    lost({ peerId }: Connection, sessionId: string): void {
      const value = {
        session_id: sessionId,
        peer_id: peerId,
        signal: { kind: 'lost' as const, reason: 'the peer did not prove that it has the file' },
        timestamp: new Date().toISOString(),
      };
      const record = { topic: topics.peerPlaybackSignals, key: sessionId, value };
      publisher.publish(peerId, [record], EVENT_BYTES, () => {});
    },
  };
}
