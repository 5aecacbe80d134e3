import type { Quotas as QuotasMessage } from '@giggityflix/proto';
import type { PeerMessage } from '../grpc/wire.ts';
import type { EdgeMetrics } from '../metrics.ts';
import type { Connection } from '../peers/connections.ts';
import { addressNetworkOf } from '../peers/network.ts';
import { costOf } from './budget.ts';
import { CLAIM_RETRY_MS, createClaimedFiles } from './claimed-files.ts';
import { createPace, type PaceConfig } from './pace.ts';

export interface QuotaConfig extends PaceConfig {
  /** Files a peer may have announced at a time. */
  maxFiles: number;
}

export interface QuotaDeps {
  relay: {
    receive(connection: Connection, message: PeerMessage, sequence: number, bytes: number): void;
    decline(
      connection: Connection,
      message: PeerMessage,
      refusal: { sequence: number; reason: string; retryAfterMs: number },
    ): void;
    regulate(connection: Connection): void;
  };
  metrics: EdgeMetrics;
}

/** What peers may send and claim: their messages pass through here on their way to the relay. */
export function createQuotas(config: QuotaConfig, deps: QuotaDeps) {
  const { relay, metrics } = deps;
  const claimed = createClaimedFiles<Connection>(config);
  const pace = createPace<Connection>(config, {
    onWait(connection, waits) {
      if (connection.paced !== waits) metrics.pacedStreams.inc(waits ? 1 : -1);
      connection.paced = waits;
      relay.regulate(connection);
    },
  });

  const pass = (connection: Connection, message: PeerMessage, sequence: number, bytes: number) => {
    const reason = message.$case === 'catalogUpdate' ? claimed.claim(connection, message.value) : null;
    if (reason === null) relay.receive(connection, message, sequence, bytes);
    else relay.decline(connection, message, { sequence, reason, retryAfterMs: CLAIM_RETRY_MS });
  };

  return {
    offered: quotasOf(config),
    open(connection: Connection): void {
      pace.open(connection, connection.peerId, addressNetworkOf(connection.stream.address));
    },
    /** Takes one message off a registered stream. `bytes` is its size on the wire. */
    receive(connection: Connection, message: PeerMessage, sequence: number, bytes: number): void {
      connection.lastReceivedAt = Date.now();
      if (sequence > 0) connection.receivedSequence = sequence;
      const go = () => pass(connection, message, sequence, bytes);
      const admission = pace.admit(connection, { cost: costOf(message), bytes, go });
      if (admission.admitted) return;
      const reason = 'too much is waiting at this edge';
      relay.decline(connection, message, { sequence, reason, retryAfterMs: admission.retryAfterMs });
    },
    closed(connection: Connection): void {
      if (connection.paced) metrics.pacedStreams.dec();
      connection.paced = false;
      pace.close(connection);
      claimed.close(connection);
    },
  };
}

/** The quotas of one peer as it learns them. */
function quotasOf({ maxFiles, peer }: QuotaConfig): QuotasMessage {
  return {
    maxFiles,
    messagesPerSecond: peer.messages.perSecond,
    messagesBurst: peer.messages.burst,
    filesPerSecond: peer.files.perSecond,
    filesBurst: peer.files.burst,
  };
}
