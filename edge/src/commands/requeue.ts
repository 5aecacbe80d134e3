import type { CommandFailure, EdgeCommand, Topics } from '@giggityflix/bus';
import type { Logger } from '@giggityflix/kernel';
import type { EdgeMetrics } from '../metrics.ts';
import type { Publisher } from '../publisher/publisher.ts';
import { createDeadLetters } from './dead-letters.ts';
import type { DeliveryJournal } from './delivery-journal.ts';
import type { PendingCommand } from './pending.ts';
import type { Responses } from './responses.ts';

/** How often a command has been given to peers that left without a response. */
export const DELIVERIES_HEADER = 'gf_deliveries';

/** Rough size of a command on its way back, for the publisher's count. */
const COMMAND_BYTES = 1_024;

type Unanswered = Pick<PendingCommand, 'command' | 'origin' | 'deliveries' | 'deliveryId'>;

/**
 * What becomes of pending commands without a response: requeued, or a dead letter and a failed response. Each leaves
 * the journal once that is on the bus.
 */
export function createRequeue(
  config: { edgeId: string; groupId: string; maxDeliveries: number },
  deps: {
    topics: Topics;
    publisher: Publisher;
    responses: Responses;
    journal: DeliveryJournal;
    metrics: EdgeMetrics;
    logger: Logger;
  },
) {
  const { edgeId } = config;
  const { publisher, responses, journal, metrics, logger } = deps;
  const topic = deps.topics.edgeCommands(edgeId);
  const deadLetters = createDeadLetters({ ...deps, edgeId, groupId: config.groupId });

  /** Notifies the caller that no response will come. Resolves once the bus has it. */
  const respondFailed = async (command: EdgeCommand, code: CommandFailure, reason: string): Promise<void> => {
    const event = responses.failed(command, code, reason);
    if (event.ok) await publisher.published(command.peer_id, [event.record]);
  };

  const remove = (deliveryId: string): void => {
    journal
      .remove(edgeId, deliveryId)
      .catch((error: unknown) => logger.warn({ err: error }, 'a command that is done stays in the journal'));
  };

  /** Only an edge that stops first leaves this undone; it is then done on the next start, from the journal. */
  const removeAfter = async ({ deliveryId }: Unanswered, work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      logger.debug({ err: error }, 'a command is left for the next start');
      return;
    }
    remove(deliveryId);
  };

  const deadLetter = (entry: Unanswered, code: CommandFailure, reason: string): Promise<void> => {
    metrics.commands.inc({ type: entry.command.type, outcome: 'undeliverable' });
    const done = Promise.all([deadLetters.send(entry, reason), respondFailed(entry.command, code, reason)]);
    return removeAfter(entry, done);
  };

  return {
    respondFailed,
    /** Deletes a command that is done from the journal. */
    remove,
    /** Writes a dead letter and notifies the caller. */
    deadLetter,
    /**
     * Publishes a command again, so that its peer gets it where it comes back; one that was requeued too often becomes
     * a dead letter.
     */
    requeue(entry: Unanswered): Promise<void> {
      const { command, deliveries } = entry;
      if (deliveries > config.maxDeliveries)
        return deadLetter(
          entry,
          'peer_offline',
          `peer ${command.peer_id} left ${deliveries} times without an answer`,
        );
      const headers = { [DELIVERIES_HEADER]: String(deliveries) };
      const record = { topic, key: command.peer_id, value: command, headers };
      return removeAfter(entry, publisher.published(command.peer_id, [record], COMMAND_BYTES));
    },
  };
}

export type Requeue = ReturnType<typeof createRequeue>;
