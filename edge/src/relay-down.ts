import {
  type Bus,
  type CommandFailure,
  type Consumer,
  type EdgeCommand,
  type IncomingRecord,
  type Logger,
  on,
  RejectMessage,
  type RetryPolicy,
  startSpan,
  type Topics,
  TRACEPARENT,
} from '@giggityflix/platform';
import { type CommandResponse, ConnectResponse } from '@giggityflix/proto';
import { toPeerMessage } from './commands.ts';
import type { ConnectionDirectory } from './connection-directory.ts';
import type { Connection, Connections } from './connections.ts';
import { createDeadLetters } from './dead-letters.ts';
import type { EdgeMetrics } from './metrics.ts';
import type { OutgoingMessage } from './peer-stream.ts';
import type { Publisher } from './publisher.ts';
import { createResponses } from './responses.ts';
import type { Translation } from './translate.ts';
import { createUnanswered, type UnansweredCommand } from './unanswered.ts';

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
  metrics: EdgeMetrics;
  logger: Logger;
}

/** How many peers' commands are worked on at once; many, as after a restart most may wait for their peers. */
const CONCURRENCY = 256;
/** Edges a command follows its peer to before it is given up. */
const MAX_FORWARDS = 3;

/** Headers by which edges tell each other, and themselves, what a command went through. */
export const FORWARDS_HEADER = 'gf_forwards';
export const DELIVERIES_HEADER = 'gf_deliveries';

/** Carries commands to peers and notes their answers; see `unanswered.ts` for what happens in between. */
export function createRelayDown(config: RelayDownConfig, deps: RelayDownDeps) {
  const { topics, publisher, connections, metrics, logger } = deps;
  const commandTopic = topics.edgeCommands(config.edgeId);
  const deadLetters = createDeadLetters({ ...deps, edgeId: config.edgeId });
  const responses = createResponses(topics);
  let consumer: Consumer | null = null;
  let startedAt = 0;
  const unanswered = createUnanswered((entry) => {
    metrics.commands.inc({ type: entry.command.type, outcome: 'undeliverable' });
    deadLetters.send(entry, `the peer did not answer before ${entry.command.expires_at}`);
    metrics.unanswered.set(unanswered.size());
  });

  const answerFailed = async (command: EdgeCommand, code: CommandFailure, reason: string): Promise<void> => {
    const event = responses.failed(command, code, reason);
    if (event.ok) await publisher.published(command.peer_id, [event.record]);
  };

  const reject = async (command: EdgeCommand, code: CommandFailure, reason: string): Promise<never> => {
    metrics.commands.inc({ type: command.type, outcome: 'undeliverable' });
    metrics.deadLetters.inc();
    await answerFailed(command, code, reason);
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
      await answerFailed(command, code, reason);
    } else {
      metrics.commands.inc({ type: command.type, outcome: 'retried' });
    }
    throw new Error(reason);
  };

  const deliver = (
    connection: Connection,
    message: OutgoingMessage,
    record: IncomingRecord<EdgeCommand>,
  ): void => {
    const command = record.value;
    const span = startSpan(`send ${command.type}`, { kind: 'client' });
    if (command.type === 'stream_signal') {
      span?.end();
    } else {
      unanswered.add(connection, {
        command,
        span,
        origin: { topic: record.topic, partition: record.partition, offset: record.offset },
        deliveries: Number(record.headers[DELIVERIES_HEADER] ?? 0) + 1,
        deliveredAt: Date.now(),
      });
      metrics.unanswered.set(unanswered.size());
    }
    connection.stream.send(message);
    metrics.commands.inc({ type: command.type, outcome: 'delivered' });
    logger.debug(
      { peer_id: command.peer_id, request_id: command.request_id, type: command.type },
      'command delivered',
    );
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
    if (Date.parse(command.expires_at) <= Date.now())
      return reject(command, 'expired', `the command expired at ${command.expires_at}`);
    if (responses.foreignReplyTo(command))
      return reject(command, 'failed', 'reply_to is not a response topic of this platform');
    const peerBound = toPeerMessage(command);
    if (!peerBound.ok) return reject(command, 'failed', peerBound.reason);
    const bytes = ConnectResponse.encode({ message: peerBound.message }).finish().byteLength;
    if (bytes > config.maxMessageBytes)
      return reject(
        command,
        'failed',
        `the command has ${bytes} bytes; a peer takes ${config.maxMessageBytes}`,
      );

    const connection = await arrival(command);
    if (!connection?.registered)
      return undeliverable(record, 'peer_offline', `peer ${command.peer_id} is not connected`);
    if (!connection.stream.writable())
      return undeliverable(record, 'refused', `peer ${command.peer_id} does not read what it is sent`);
    if (command.type !== 'stream_signal' && !unanswered.hasRoom(connection))
      return undeliverable(record, 'refused', `peer ${command.peer_id} has too many commands unanswered`);
    deliver(connection, peerBound.message, record);
  };

  return {
    async start(): Promise<void> {
      startedAt = Date.now();
      consumer = await deps.bus.consume({
        // kafkajs hands the topics of all members of a group to any of them, and each edge has a topic of its own.
        groupId: `${config.groupId}.${config.edgeId}`,
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
      const span = asked?.span;
      if (!span) return event;
      if (!response.success) span.fail('refused');
      span.end();
      if (!event.ok) return event;
      const headers = { ...event.record.headers, [TRACEPARENT]: span.traceparent };
      return { ...event, record: { ...event.record, headers } };
    },

    /**
     * Puts the commands a connection left unanswered back on the topic, so that the peer gets them again
     * where it comes back; one that went through this too often is a dead letter.
     */
    peerGone(connection: Connection): void {
      for (const entry of unanswered.takeAll(connection)) {
        if (entry.deliveries > config.retry.maxRetries) {
          void giveUp(
            entry,
            `peer ${connection.peerId} went away ${entry.deliveries} times without an answer`,
          );
          continue;
        }
        publisher.publish(
          connection.peerId,
          [
            {
              topic: commandTopic,
              key: connection.peerId,
              value: entry.command,
              headers: { [DELIVERIES_HEADER]: String(entry.deliveries) },
            },
          ],
          1_024,
          () => {},
        );
      }
      metrics.unanswered.set(unanswered.size());
    },
  };

  async function giveUp(entry: UnansweredCommand, reason: string): Promise<void> {
    metrics.commands.inc({ type: entry.command.type, outcome: 'undeliverable' });
    deadLetters.send(entry, reason);
    await answerFailed(entry.command, 'peer_offline', reason).catch(() => {});
  }
}

export type RelayDown = ReturnType<typeof createRelayDown>;
