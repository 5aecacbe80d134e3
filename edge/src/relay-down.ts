import {
  type Bus,
  type CommandFailure,
  type Consumer,
  type EdgeCommand,
  type IncomingRecord,
  on,
  RejectMessage,
  type Topics,
} from '@giggityflix/bus';
import { type Logger, type RetryPolicy, TRACEPARENT } from '@giggityflix/kernel';
import type { CommandResponse } from '@giggityflix/proto';
import { startSpan } from '@giggityflix/telemetry';
import { v7 as uuidv7 } from 'uuid';
import { isAnswered, toPeerMessage } from './commands.ts';
import type { ConnectionDirectory } from './connection-directory.ts';
import type { Connection, Connections } from './connections.ts';
import type { Delivery, DeliveryJournal } from './delivery-journal.ts';
import type { EdgeMetrics } from './metrics.ts';
import type { OutgoingMessage } from './peer-stream.ts';
import type { Publisher } from './publisher.ts';
import { createResponses } from './responses.ts';
import { createReturns, DELIVERIES_HEADER } from './returns.ts';
import type { Translation } from './translate.ts';
import { createUnanswered } from './unanswered.ts';

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
  /** Takes word of another edge that a peer has a newer connection there. */
  told(command: EdgeCommand): void;
  metrics: EdgeMetrics;
  logger: Logger;
}

/** How many peers' commands are worked on at once; many, as after a restart most may wait for their peers. */
const CONCURRENCY = 256;
/** Edges a command follows its peer to before it is given up. */
const MAX_FORWARDS = 3;

/** Says how many edges passed a command on. */
export const FORWARDS_HEADER = 'gf_forwards';

/** Carries commands to peers and notes their answers; see `unanswered.ts` for what happens in between. */
export function createRelayDown(config: RelayDownConfig, deps: RelayDownDeps) {
  const { topics, publisher, connections, metrics, logger } = deps;
  const commandTopic = topics.edgeCommands(config.edgeId);
  // kafkajs hands the topics of all members of a group to any of them, and each edge has a topic of its own.
  const groupId = `${config.groupId}.${config.edgeId}`;
  const responses = createResponses(topics);
  let consumer: Consumer | null = null;
  let startedAt = 0;
  const returns = createReturns(
    { edgeId: config.edgeId, groupId, maxDeliveries: config.retry.maxRetries },
    { ...deps, responses },
  );
  const unanswered = createUnanswered((entry) => {
    void returns.giveUp(entry, 'expired', `the peer did not answer before ${entry.command.expires_at}`);
    metrics.unanswered.set(unanswered.size());
  });

  const reject = async (command: EdgeCommand, code: CommandFailure, reason: string): Promise<never> => {
    metrics.commands.inc({ type: command.type, outcome: 'undeliverable' });
    metrics.deadLetters.inc();
    await returns.fail(command, code, reason);
    throw new RejectMessage(reason);
  };

  /** Passes a command on to the edge its peer is at now. False when that is nowhere else. */
  const forward = async (record: IncomingRecord<EdgeCommand>): Promise<boolean> => {
    const forwards = Number(record.headers[FORWARDS_HEADER] ?? 0);
    if (forwards >= MAX_FORWARDS) return false;
    const entry = await deps.directory.find(record.value.peer_id).catch(() => null);
    if (!entry || entry.edgeId === config.edgeId) return false;
    await publisher.published(record.key, [
      {
        topic: topics.edgeCommands(entry.edgeId),
        key: record.key,
        value: record.value,
        headers: {
          [DELIVERIES_HEADER]: record.headers[DELIVERIES_HEADER] ?? '0',
          [FORWARDS_HEADER]: String(forwards + 1),
        },
      },
    ]);
    metrics.commands.inc({ type: record.value.type, outcome: 'forwarded' });
    return true;
  };

  const undeliverable = async (
    record: IncomingRecord<EdgeCommand>,
    code: CommandFailure,
    reason: string,
  ): Promise<void> => {
    const command = record.value;
    if (await forward(record)) return;
    if (record.attempt > config.retry.maxRetries) {
      metrics.commands.inc({ type: command.type, outcome: 'undeliverable' });
      metrics.deadLetters.inc();
      await returns.fail(command, code, reason);
    } else {
      metrics.commands.inc({ type: command.type, outcome: 'retried' });
    }
    throw new Error(reason);
  };

  const send = (connection: Connection, message: OutgoingMessage, { value }: IncomingRecord<EdgeCommand>) => {
    connection.stream.send(message);
    metrics.commands.inc({ type: value.type, outcome: 'delivered' });
    logger.debug(
      { peer_id: value.peer_id, request_id: value.request_id, type: value.type },
      'command delivered',
    );
  };

  /** Gives a peer a command that it is to answer, written down before so that it outlives this process. */
  const ask = async (
    connection: Connection,
    message: OutgoingMessage,
    record: IncomingRecord<EdgeCommand>,
    bytes: number,
  ): Promise<void> => {
    const command = record.value;
    const delivery: Delivery = {
      deliveryId: uuidv7(),
      command,
      origin: { topic: record.topic, partition: record.partition, offset: record.offset },
      deliveries: Number(record.headers[DELIVERIES_HEADER] ?? 0) + 1,
    };
    const span = startSpan(`send ${command.type}`, { kind: 'client' });
    const entry = { ...delivery, bytes, span, deliveredAt: Date.now() };
    const superseded = unanswered.add(connection, entry);
    if (superseded) returns.forget(superseded.deliveryId);
    metrics.unanswered.set(unanswered.size());
    const failure = await deps.journal.add(config.edgeId, delivery).then(
      () => null,
      (error: Error) => error,
    );
    // Meanwhile its peer may have left or its time be over; what follows from that has been done.
    if (!unanswered.has(connection, entry)) return;
    if (failure === null) return send(connection, message, record);
    unanswered.take(connection, command.request_id);
    span?.fail('not_recorded');
    span?.end();
    metrics.unanswered.set(unanswered.size());
    logger.warn({ err: failure, request_id: command.request_id }, 'a command cannot be written down');
    return undeliverable(record, 'failed', 'this edge cannot keep the command safe right now');
  };

  /** The peer's connection; while peers are still coming back from a restart, the one it is about to make. */
  const arrival = async ({ peer_id, expires_at }: EdgeCommand): Promise<Connection | undefined> => {
    const graceLeft = () =>
      Math.min(startedAt + config.reconnectGraceMs, Date.parse(expires_at)) - Date.now();
    if (connections.get(peer_id)?.registered || graceLeft() <= 0) return connections.get(peer_id);
    const elsewhere = await deps.directory.find(peer_id).catch(() => null);
    if (elsewhere && elsewhere.edgeId !== config.edgeId) return undefined;
    if (connections.get(peer_id)?.registered || graceLeft() <= 0) return connections.get(peer_id);
    return connections.arrival(peer_id, graceLeft());
  };

  const handle = async (record: IncomingRecord<EdgeCommand>): Promise<void> => {
    const command = record.value;
    if (command.type === 'connection_replaced') return deps.told(command);
    const peerBound = toPeerMessage(command, config.maxMessageBytes);
    if (!peerBound.ok) return reject(command, peerBound.code, peerBound.reason);
    if (responses.foreignReplyTo(command))
      return reject(command, 'failed', 'reply_to is not a response topic of this platform');

    const connection = await arrival(command);
    if (!connection?.registered)
      return undeliverable(record, 'peer_offline', `peer ${command.peer_id} is not connected`);
    if (!connection.stream.writable())
      return undeliverable(record, 'refused', `peer ${command.peer_id} does not read what it is sent`);
    if (!isAnswered(command.type)) return send(connection, peerBound.message, record);
    if (!unanswered.hasRoom(connection))
      return undeliverable(record, 'refused', `peer ${command.peer_id} has too many commands unanswered`);
    return ask(connection, peerBound.message, record, peerBound.bytes);
  };

  return {
    async start(): Promise<void> {
      const left = await deps.journal.ofEdge(config.edgeId);
      if (left.length > 0) logger.info({ commands: left.length }, 'taking up commands of an earlier run');
      await Promise.all(left.map(returns.putBack));
      startedAt = Date.now();
      consumer = await deps.bus.consume({
        groupId,
        exclusive: true,
        routes: [on(commandTopic, handle)],
        from: 'earliest',
        retry: config.retry,
        deadLetterTopic: () => topics.edgeDeadLetterTopic(config.edgeId),
        concurrency: CONCURRENCY,
      });
    },
    async stop(): Promise<void> {
      startedAt = 0;
      connections.releaseArrivals();
      await consumer?.stop();
      consumer = null;
    },

    /** Makes the event of a peer's answer, for the topic its command asked for. */
    answer(connection: Connection, response: CommandResponse): Translation {
      const asked = unanswered.take(connection, response.requestId);
      metrics.unanswered.set(unanswered.size());
      if (asked) {
        metrics.commands.inc({ type: asked.command.type, outcome: 'answered' });
        metrics.commandSeconds.observe((Date.now() - asked.deliveredAt) / 1_000);
      }
      const event = responses.answered(connection.peerId, response, asked?.command);
      if (!asked) return event;
      const { span, deliveryId } = asked;
      if (!response.success) span?.fail('refused');
      span?.end();
      if (!event.ok) {
        void returns.giveUp(asked, 'failed', `the peer's answer is malformed: ${event.reason}`);
        return event;
      }
      const trace = span && { [TRACEPARENT]: span.traceparent };
      const headers = { ...event.record.headers, ...trace };
      const onDurable = () => returns.forget(deliveryId);
      return { ok: true, record: { ...event.record, headers }, onDurable };
    },

    /** Puts the commands a connection left unanswered back on the topic. */
    peerGone(connection: Connection): void {
      for (const entry of unanswered.takeAll(connection)) void returns.putBack(entry);
      metrics.unanswered.set(unanswered.size());
    },
  };
}

export type RelayDown = ReturnType<typeof createRelayDown>;
