import type { OutgoingRecord, Topics } from '@giggityflix/bus';
import { TRACEPARENT } from '@giggityflix/kernel';
import type { CommandResponse } from '@giggityflix/proto';
import { startSpan } from '@giggityflix/telemetry';
import { MAX_DETAILS_LENGTH } from '../grpc/limits.ts';
import type { PeerMessage } from '../grpc/wire.ts';
import type { Holdings } from '../holdings/holdings.ts';
import type { EdgeMetrics } from '../metrics.ts';
import type { Connection } from '../peers/connections.ts';
import type { Publisher } from '../publisher/publisher.ts';
import {
  JSON_GROWTH,
  MAX_IN_FLIGHT_BYTES,
  MAX_IN_FLIGHT_MESSAGES,
  MAX_TOTAL_IN_FLIGHT_BYTES,
} from './limits.ts';
import { type Translation, translate } from './translate.ts';

const OUTCOME_LABELS = { durable: 'relayed', invalid: 'refused', abandoned: 'lost' } as const;

export interface RelayUpDeps {
  topics: Topics;
  publisher: Pick<Publisher, 'publish' | 'heldBytes'>;
  metrics: EdgeMetrics;
  /** Makes the event of a response, whose command is no longer pending. */
  respond(connection: Connection, response: CommandResponse): Translation;
  /** What is checked of the peers' claims to have files. */
  holdings: Pick<Holdings, 'announced' | 'answered' | 'alive'>;
  /** Answers a `KeySetRequest`. */
  sendKeySet(connection: Connection): void;
}

/**
 * The upward relay: from registered peers to the bus. Messages of a peer are acknowledged in order, once the bus has
 * them; a peer with too much in flight is not read until the bus has some of it.
 */
export function createRelayUp(deps: RelayUpDeps) {
  const { publisher, metrics, topics } = deps;
  /** Streams that wait for the total to fall. */
  const waiting = new Set<Connection>();

  const hold = (connection: Connection, held: boolean) => {
    if (connection.held === held) return;
    connection.held = held;
    connection.lastReceivedAt = Date.now();
    metrics.heldStreams.inc(held ? 1 : -1);
    connection.stream.hold(held);
  };
  const regulate = (connection: Connection) => {
    const full =
      connection.inFlightMessages >= MAX_IN_FLIGHT_MESSAGES ||
      connection.inFlightBytes >= MAX_IN_FLIGHT_BYTES;
    const crowded = publisher.heldBytes() >= MAX_TOTAL_IN_FLIGHT_BYTES;
    if (crowded) waiting.add(connection);
    hold(connection, connection.states.current !== 'closed' && (full || crowded || connection.paced));
  };
  const releaseWaiting = () => {
    if (waiting.size === 0 || publisher.heldBytes() >= MAX_TOTAL_IN_FLIGHT_BYTES) return;
    const released = [...waiting];
    waiting.clear();
    released.forEach(regulate);
  };

  const refuse = (connection: Connection, sequence: number, reason: string, retryAfterMilliseconds = 0) => {
    const value = { sequence, reason: reason.slice(0, MAX_DETAILS_LENGTH), retryAfterMilliseconds };
    connection.stream.send({ $case: 'refusal', value });
  };

  /** One acknowledgement covers all that became durable in the same turn of the event loop: each costs a write. */
  const acknowledge = (connection: Connection, sequence: number) => {
    if (connection.durableSequence === connection.acknowledgedSequence)
      setImmediate(() => {
        connection.acknowledgedSequence = connection.durableSequence;
        if (connection.states.current !== 'closed')
          connection.stream.send({
            $case: 'acknowledgement',
            value: { sequence: connection.acknowledgedSequence },
          });
      });
    connection.durableSequence = sequence;
  };

  const relay = (
    connection: Connection,
    type: PeerMessage['$case'],
    sequence: number,
    records: OutgoingRecord[],
    bytes: number,
    onDurable?: () => void,
  ) => {
    const heldBytes = Math.ceil(bytes * JSON_GROWTH) + 256;
    const started = performance.now();
    connection.inFlightMessages++;
    connection.inFlightBytes += heldBytes;
    const { span, records: traced } = received(type, records);
    publisher.publish(connection.peerId, traced, heldBytes, (outcome) => {
      if (span && outcome !== 'durable') span.fail(outcome);
      span?.end();
      connection.inFlightMessages--;
      connection.inFlightBytes -= heldBytes;
      if (outcome === 'durable') onDurable?.();
      if (outcome === 'invalid') refuse(connection, sequence, 'the message fits no topic');
      if (outcome !== 'abandoned' && sequence > 0) acknowledge(connection, sequence);
      if (records.length > 0) {
        metrics.received.inc({ type, outcome: OUTCOME_LABELS[outcome] });
        if (outcome === 'durable') metrics.relaySeconds.observe((performance.now() - started) / 1_000);
      }
      regulate(connection);
      releaseWaiting();
    });
    regulate(connection);
  };

  const eventOf = (connection: Connection, message: PeerMessage): Translation | 'handled' => {
    switch (message.$case) {
      case 'heartbeat':
        deps.holdings.alive(connection);
        connection.activeStreams = message.value.activeStreams;
        return 'handled';
      case 'holdingProof':
        deps.holdings.answered(connection, message.value);
        return 'handled';
      case 'keySetRequest':
        deps.sendKeySet(connection);
        return 'handled';
      case 'commandResponse':
        return deps.respond(connection, message.value);
      case 'registration':
        return { ok: false, reason: 'this connection is registered already' };
      default:
        return translate(message, connection, topics);
    }
  };

  const decline = (
    connection: Connection,
    message: PeerMessage,
    { sequence, reason, retryAfterMs }: { sequence: number; reason: string; retryAfterMs?: number },
  ) => {
    metrics.received.inc({ type: message.$case, outcome: 'refused' });
    refuse(connection, sequence, reason, retryAfterMs);
    if (sequence > 0) relay(connection, message.$case, sequence, [], 0);
  };

  return {
    /** Takes one message off a registered stream. `bytes` is its size on the wire. */
    receive(connection: Connection, message: PeerMessage, sequence: number, bytes: number): void {
      connection.lastReceivedAt = Date.now();
      if (sequence > 0) connection.receivedSequence = sequence;
      const event = eventOf(connection, message);
      if (event === 'handled') {
        metrics.received.inc({ type: message.$case, outcome: 'handled' });
        if (sequence > 0) relay(connection, message.$case, sequence, [], 0);
        return;
      }
      if (event.ok) {
        if (message.$case === 'catalogUpdate') deps.holdings.announced(connection, message.value);
        relay(connection, message.$case, sequence, [event.record], bytes, event.onDurable);
        return;
      }
      decline(connection, message, { sequence, reason: event.reason });
    },
    /** Refuses a message of a registered stream; `retryAfterMs` where a quota is the reason. */
    decline,
    /** To be called when the connection's messages began to wait for their turn, or no longer do. */
    regulate,
    /** Releases what is kept for a connection that closed. */
    closed(connection: Connection): void {
      waiting.delete(connection);
      hold(connection, false);
    },
  };
}

/** The span of a message, until the bus has its events: it begins a trace, unless it answers a command. */
function received(type: PeerMessage['$case'], records: readonly OutgoingRecord[]) {
  const first = records[0];
  const span =
    first && startSpan(`receive ${type}`, { kind: 'server', parent: first.headers?.[TRACEPARENT] ?? null });
  if (!span) return { span, records };
  const headers = { [TRACEPARENT]: span.traceparent };
  return {
    span,
    records: records.map((record) => ({ ...record, headers: { ...record.headers, ...headers } })),
  };
}
