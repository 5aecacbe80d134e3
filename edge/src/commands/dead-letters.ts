import { DEAD_LETTER_HEADERS, type EdgeCommand, type Topic, type Topics } from '@giggityflix/bus';
import type { EdgeMetrics } from '../metrics.ts';
import type { Publisher } from '../publisher/publisher.ts';
import type { Delivery } from './delivery-journal.ts';

/**
 * Writes the dead letters of commands that were delivered and got no usable response. Those of commands that could not
 * be delivered the bus writes itself (see `undeliverable.ts`), with the same headers.
 */
export function createDeadLetters(deps: {
  edgeId: string;
  /** The group that the commands were consumed in. */
  groupId: string;
  topics: Topics;
  publisher: Publisher;
  metrics: EdgeMetrics;
}) {
  const topic: Topic<EdgeCommand> = {
    ...deps.topics.edgeCommands(deps.edgeId),
    name: deps.topics.edgeDeadLetterTopic(deps.edgeId),
  };
  return {
    /** Resolves once the bus has the dead letter; rejects only when the edge stops first. */
    send({ command, origin, deliveries }: Delivery, reason: string): Promise<void> {
      deps.metrics.deadLetters.inc();
      const headers = {
        [DEAD_LETTER_HEADERS.topic]: origin.topic,
        [DEAD_LETTER_HEADERS.partition]: String(origin.partition),
        [DEAD_LETTER_HEADERS.offset]: origin.offset,
        [DEAD_LETTER_HEADERS.reason]: reason,
        [DEAD_LETTER_HEADERS.attempts]: String(deliveries),
        [DEAD_LETTER_HEADERS.consumerGroup]: deps.groupId,
      };
      const record = { topic, key: command.peer_id, value: command, headers };
      return deps.publisher.published(command.peer_id, [record], 1_024);
    },
  };
}
