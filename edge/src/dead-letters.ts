import { DEAD_LETTER_HEADERS, type EdgeCommand, type Topic, type Topics } from '@giggityflix/platform';
import type { EdgeMetrics } from './metrics.ts';
import type { Publisher } from './publisher.ts';
import type { UnansweredCommand } from './unanswered.ts';

/**
 * Dead letters of commands that were delivered and came to nothing. Those that could not be delivered the bus
 * puts away itself; both carry the same headers.
 */
export function createDeadLetters(deps: {
  edgeId: string;
  topics: Topics;
  publisher: Publisher;
  metrics: EdgeMetrics;
}) {
  const topic: Topic<EdgeCommand> = {
    ...deps.topics.edgeCommands(deps.edgeId),
    name: deps.topics.edgeDeadLetterTopic(deps.edgeId),
  };
  return {
    /** Queues the dead letter; it is tried until the bus has it. */
    send({ command, origin, deliveries }: UnansweredCommand, reason: string): void {
      deps.metrics.deadLetters.inc();
      const headers = {
        [DEAD_LETTER_HEADERS.topic]: origin.topic,
        [DEAD_LETTER_HEADERS.partition]: String(origin.partition),
        [DEAD_LETTER_HEADERS.offset]: origin.offset,
        [DEAD_LETTER_HEADERS.reason]: reason,
        [DEAD_LETTER_HEADERS.attempts]: String(deliveries),
      };
      deps.publisher.publish(
        command.peer_id,
        [{ topic, key: command.peer_id, value: command, headers }],
        1_024,
        () => {},
      );
    },
  };
}
