import { createEventHub } from '@giggityflix/kernel';
import type { Subscriber } from '../../engine/subscribe/subscriptions.ts';
import { type ClientError, clientError, type Result } from '../../errors.ts';

const CHANNEL = 'results';
/** Results waiting for a slow reader before it is cut off. */
const MAX_WAITING_RESULTS = 256;

/**
 * A subscription as an async iteration. It ends when the subscription does, with a last result that has the errors
 * when it failed or the credentials ended, and throws for a reader that falls too far behind.
 *
 * Not a generator: those only notice that their reader left once the next event comes.
 */
export function createResultStream(
  subscribe: (subscriber: Subscriber) => () => void,
  atEnd: (then: () => void) => () => void,
): AsyncGenerator<Result, void> {
  const hub = createEventHub<Result | 'end'>({ maxWaiting: MAX_WAITING_RESULTS });
  const reader = hub.read([CHANNEL]);
  const end = () => {
    cancelExpiry();
    stop();
    hub.close();
    return { done: true as const, value: undefined };
  };
  const fail = (errors: readonly ClientError[]) => {
    hub.emit(CHANNEL, { errors });
    hub.emit(CHANNEL, 'end');
  };
  const stop = subscribe({
    next: (result) => hub.emit(CHANNEL, result),
    failed: fail,
    completed: () => hub.emit(CHANNEL, 'end'),
  });
  const cancelExpiry = atEnd(() => fail([clientError('UNAUTHENTICATED', 'the credentials have expired')]));
  return {
    async next() {
      try {
        const { done, value } = await reader.next();
        return done || value === 'end' ? end() : { done: false, value };
      } catch (error) {
        end();
        throw error;
      }
    },
    return: async () => end(),
    async throw(error) {
      end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      end();
    },
  };
}
