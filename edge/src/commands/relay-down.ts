import {
  type Bus,
  type Consumer,
  type EdgeCommand,
  type IncomingRecord,
  on,
  type Topics,
} from '@giggityflix/bus';
import type { Logger, RetryPolicy } from '@giggityflix/kernel';
import type { Holdings } from '../holdings/holdings.ts';
import type { EdgeMetrics } from '../metrics.ts';
import type { ConnectionDirectory } from '../peers/connection-directory.ts';
import type { Connections } from '../peers/connections.ts';
import type { Publisher } from '../publisher/publisher.ts';
import { createArrivals } from './arrivals.ts';
import { createDelivery } from './delivery.ts';
import type { DeliveryJournal } from './delivery-journal.ts';
import { isAnswered, toPeerMessage } from './peer-message.ts';
import { createPendingCommands } from './pending.ts';
import { createRequeue } from './requeue.ts';
import { createResponses } from './responses.ts';
import { createUndeliverable } from './undeliverable.ts';

export interface RelayDownConfig {
  edgeId: string;
  groupId: string;
  retry: RetryPolicy;
  /** How long after the start commands wait for peers that are not back yet, in milliseconds. */
  reconnectGraceMs: number;
  /** Largest message a peer is sent, in bytes. */
  maxMessageBytes: number;
}

export interface RelayDownDeps {
  bus: Bus;
  topics: Topics;
  publisher: Publisher;
  connections: Connections;
  directory: ConnectionDirectory;
  journal: DeliveryJournal;
  /** Checks that a peer has the file a viewer is sent to it for. */
  holdings: Pick<Holdings, 'signalled'>;
  /** Takes the notice of another edge that a peer has a newer connection there. */
  onReplaced(notice: EdgeCommand): void;
  /** Takes the tracker's request that a peer announce everything again. */
  onAnnounceAgain(request: EdgeCommand): void;
  metrics: EdgeMetrics;
  logger: Logger;
}

/** How many peers' commands are handled at once; many, as after a restart most may wait for their peers. */
const CONCURRENCY = 256;

/** The downward relay: takes this edge's commands off the bus and sends each to its peer, or decides what becomes of it. */
export function createRelayDown(config: RelayDownConfig, deps: RelayDownDeps) {
  const { topics, metrics, logger } = deps;
  const { edgeId, retry } = config;
  // kafkajs hands the topics of all members of a group to any of them, and each edge has a topic of its own.
  const groupId = `${config.groupId}.${edgeId}`;
  const responses = createResponses(topics);
  const requeue = createRequeue({ edgeId, groupId, maxDeliveries: retry.maxRetries }, { ...deps, responses });
  const pending = createPendingCommands((entry) => {
    const { expires_at } = entry.command;
    void requeue.deadLetter(entry, 'expired', `the peer did not answer before ${expires_at}`);
    metrics.pendingCommands.set(pending.size());
  });
  const undeliverable = createUndeliverable({ edgeId, maxRetries: retry.maxRetries }, { ...deps, requeue });
  const delivery = createDelivery(config, { ...deps, pending, responses, requeue, undeliverable });
  const arrivals = createArrivals(config, deps);
  let consumer: Consumer | null = null;

  const handle = async (record: IncomingRecord<EdgeCommand>): Promise<void> => {
    const command = record.value;
    if (command.type === 'connection_replaced') return deps.onReplaced(command);
    if (command.type === 'announce_again') return deps.onAnnounceAgain(command);
    const made = toPeerMessage(command, config.maxMessageBytes);
    if (!made.ok) return undeliverable.reject(command, made.code, made.reason);
    if (responses.foreignReplyTo(command))
      return undeliverable.reject(command, 'failed', 'reply_to is not a response topic of this platform');

    const connection = await arrivals.connectionFor(command);
    if (!connection)
      return undeliverable.retry(record, 'peer_offline', `peer ${command.peer_id} is not connected`);
    if (!connection.stream.writable())
      return undeliverable.retry(record, 'refused', `peer ${command.peer_id} does not read what it is sent`);
    if (!isAnswered(command.type)) {
      delivery.send(connection, made.message, command);
      if (made.message.$case === 'playbackSignal') deps.holdings.signalled(connection, made.message.value);
      return;
    }
    if (!pending.hasRoom(connection))
      return undeliverable.retry(
        record,
        'refused',
        `peer ${command.peer_id} has too many commands unanswered`,
      );
    return delivery.request({ connection, message: made.message, record, bytes: made.bytes });
  };

  return {
    async start(): Promise<void> {
      const left = await deps.journal.ofEdge(edgeId);
      if (left.length > 0) logger.info({ commands: left.length }, 'requeueing commands of an earlier run');
      await Promise.all(left.map(requeue.requeue));
      arrivals.start();
      consumer = await deps.bus.consume({
        groupId,
        exclusive: true,
        routes: [on(topics.edgeCommands(edgeId), handle)],
        from: 'earliest',
        retry,
        deadLetterTopic: () => topics.edgeDeadLetterTopic(edgeId),
        concurrency: CONCURRENCY,
      });
    },
    async stop(): Promise<void> {
      arrivals.stop();
      await consumer?.stop();
      consumer = null;
    },
    /** Takes a peer's response; see `delivery.ts`. */
    respond: delivery.respond,
    /** Takes the end of a connection; see `delivery.ts`. */
    closed: delivery.closed,
  };
}
