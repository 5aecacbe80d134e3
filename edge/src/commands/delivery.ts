import type { EdgeCommand, IncomingRecord } from '@giggityflix/bus';
import { currentTraceparent, type Logger, TRACEPARENT } from '@giggityflix/kernel';
import type { CommandResponse } from '@giggityflix/proto';
import { startSpan } from '@giggityflix/telemetry';
import { v7 as uuidv7 } from 'uuid';
import type { Translation } from '../announcements/translate.ts';
import type { OutgoingMessage } from '../grpc/wire.ts';
import type { EdgeMetrics } from '../metrics.ts';
import type { Connection } from '../peers/connections.ts';
import type { Delivery, DeliveryJournal } from './delivery-journal.ts';
import type { CommandMessage } from './peer-message.ts';
import type { PendingCommands } from './pending.ts';
import { DELIVERIES_HEADER, type Requeue } from './requeue.ts';
import type { Responses } from './responses.ts';
import type { Undeliverable } from './undeliverable.ts';

export interface DeliveryDeps {
  pending: PendingCommands;
  journal: DeliveryJournal;
  responses: Responses;
  requeue: Requeue;
  undeliverable: Undeliverable;
  metrics: EdgeMetrics;
  logger: Logger;
}

/** Sends commands to their peers and takes the responses. A pending command is in the journal from before it is sent. */
export function createDelivery(config: { edgeId: string }, deps: DeliveryDeps) {
  const { pending, requeue, metrics, logger } = deps;
  const count = () => metrics.pendingCommands.set(pending.size());

  const send = (connection: Connection, message: OutgoingMessage, command: EdgeCommand): void => {
    connection.stream.send(message);
    metrics.commands.inc({ type: command.type, outcome: 'delivered' });
    logger.debug(
      { peer_id: command.peer_id, request_id: command.request_id, type: command.type },
      'command delivered',
    );
  };

  return {
    /** Sends what needs no response. */
    send,

    /** Sends a command whose response is then awaited. */
    async request(given: {
      connection: Connection;
      message: CommandMessage;
      record: IncomingRecord<EdgeCommand>;
      /** Size of the message on the wire. */
      bytes: number;
    }): Promise<void> {
      const { connection, record } = given;
      const command = record.value;
      const delivery: Delivery = {
        deliveryId: uuidv7(),
        command,
        origin: { topic: record.topic, partition: record.partition, offset: record.offset },
        deliveries: Number(record.headers[DELIVERIES_HEADER] ?? 0) + 1,
      };
      const span = startSpan(`send ${command.type}`, { kind: 'client' });
      const traceparent = span?.traceparent ?? currentTraceparent();
      const { message } = given;
      message.value.traceparent = traceparent;
      const entry = { ...delivery, bytes: given.bytes, span, traceparent, deliveredAt: Date.now() };
      const earlier = pending.add(connection, entry);
      if (earlier) requeue.remove(earlier.deliveryId);
      count();
      const failure = await deps.journal.add(config.edgeId, delivery).then(
        () => null,
        (error: Error) => error,
      );
      // Meanwhile its peer may have left or the command expired; what follows from that has been done.
      if (!pending.has(connection, entry)) return;
      if (failure === null) return send(connection, message, command);
      pending.take(connection, command.request_id);
      span?.fail('not_recorded');
      span?.end();
      count();
      logger.warn(
        { err: failure, request_id: command.request_id },
        'a command cannot be stored in the journal',
      );
      return deps.undeliverable.retry(record, 'failed', 'this edge cannot keep the command safe right now');
    },

    /** Makes the event of a peer's response, for the topic its command asked for. */
    respond(connection: Connection, response: CommandResponse): Translation {
      const asked = pending.take(connection, response.requestId);
      count();
      const event = deps.responses.answered(connection.peerId, response, asked?.command);
      if (!asked) return event;
      metrics.commands.inc({ type: asked.command.type, outcome: 'answered' });
      metrics.commandSeconds.observe((Date.now() - asked.deliveredAt) / 1_000);
      const { span, deliveryId } = asked;
      if (!response.success) span?.fail('refused');
      span?.end();
      if (!event.ok) {
        void requeue.deadLetter(asked, 'failed', `the peer's answer is malformed: ${event.reason}`);
        return event;
      }
      const headers = {
        ...event.record.headers,
        ...(asked.traceparent !== undefined && { [TRACEPARENT]: asked.traceparent }),
      };
      const onDurable = () => requeue.remove(deliveryId);
      return { ok: true, record: { ...event.record, headers }, onDurable };
    },

    /** Requeues the commands that are pending when a connection closes. */
    closed(connection: Connection): void {
      for (const entry of pending.takeAll(connection)) void requeue.requeue(entry);
      count();
    },
  };
}
