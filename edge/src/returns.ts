import type { CommandFailure, EdgeCommand, Topics } from '@giggityflix/bus';
import type { Logger } from '@giggityflix/kernel';
import { createDeadLetters } from './dead-letters.ts';
import type { DeliveryJournal } from './delivery-journal.ts';
import type { EdgeMetrics } from './metrics.ts';
import type { Publisher } from './publisher.ts';
import type { createResponses } from './responses.ts';
import type { UnansweredCommand } from './unanswered.ts';

/** Says how often a command has been given to peers that went away. */
export const DELIVERIES_HEADER = 'gf_deliveries';

/** Rough size of a command on its way back, for the publisher's count. */
const COMMAND_BYTES = 1_024;

type Returned = Pick<UnansweredCommand, 'command' | 'origin' | 'deliveries' | 'deliveryId'>;

/** What becomes of commands that came to no answer. Each leaves the journal once that is on the bus. */
export function createReturns(
  config: { edgeId: string; groupId: string; maxDeliveries: number },
  deps: {
    topics: Topics;
    publisher: Publisher;
    responses: ReturnType<typeof createResponses>;
    journal: DeliveryJournal;
    metrics: EdgeMetrics;
    logger: Logger;
  },
) {
  const { edgeId } = config;
  const { publisher, responses, journal, metrics, logger } = deps;
  const topic = deps.topics.edgeCommands(edgeId);
  const deadLetters = createDeadLetters({ ...deps, edgeId, groupId: config.groupId });

  /** Tells whoever asked that no answer will come. Resolves once the bus has it. */
  const fail = async (command: EdgeCommand, code: CommandFailure, reason: string): Promise<void> => {
    const event = responses.failed(command, code, reason);
    if (event.ok) await publisher.published(command.peer_id, [event.record]);
  };

  const forget = (deliveryId: string): void => {
    journal
      .remove(edgeId, deliveryId)
      .catch((error: unknown) => logger.warn({ err: error }, 'a command that is done stays written down'));
  };

  /** Only an edge that stops first leaves this undone; the journal then brings it up again. */
  const leave = async ({ deliveryId }: Returned, work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      logger.debug({ err: error }, 'a command is left for the next start');
      return;
    }
    forget(deliveryId);
  };

  const giveUp = (entry: Returned, code: CommandFailure, reason: string): Promise<void> => {
    metrics.commands.inc({ type: entry.command.type, outcome: 'undeliverable' });
    return leave(entry, Promise.all([deadLetters.send(entry, reason), fail(entry.command, code, reason)]));
  };

  return {
    fail,
    /** Forgets a command that is done with. */
    forget,
    /** Makes it a dead letter and tells whoever asked. */
    giveUp,
    /**
     * Puts it on the topic again, so that its peer gets it again where it comes back; one that went through this
     * too often is given up.
     */
    putBack(entry: Returned): Promise<void> {
      const { command, deliveries } = entry;
      if (deliveries > config.maxDeliveries)
        return giveUp(
          entry,
          'peer_offline',
          `peer ${command.peer_id} went away ${deliveries} times without an answer`,
        );
      const headers = { [DELIVERIES_HEADER]: String(deliveries) };
      const record = { topic, key: command.peer_id, value: command, headers };
      return leave(entry, publisher.published(command.peer_id, [record], COMMAND_BYTES));
    },
  };
}

export type Returns = ReturnType<typeof createReturns>;
