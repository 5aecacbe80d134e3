import { createEventHub } from '@giggityflix/platform';
import { type ClientError, clientError, type Result } from '../operation/errors.ts';
import type { Subscriber } from './shared.ts';

const CHANNEL = 'results';
/** Results waiting for a slow reader before it is cut off. */
const MAX_WAITING_RESULTS = 256;

/**
 * A subscription as an async generator. It ends when the subscription does, with a last result that has the errors
 * when it failed or the credentials expired, and throws for a reader that falls too far behind.
 */
export async function* createResultStream(
  subscribe: (subscriber: Subscriber) => () => void,
  expiresAt: number | null,
): AsyncGenerator<Result> {
  const hub = createEventHub<Result | 'end'>({ maxWaiting: MAX_WAITING_RESULTS });
  const reader = hub.read([CHANNEL]);
  const fail = (errors: readonly ClientError[]) => {
    hub.emit(CHANNEL, { errors });
    hub.emit(CHANNEL, 'end');
  };
  const stop = subscribe({
    next: (result) => hub.emit(CHANNEL, result),
    failed: fail,
    completed: () => hub.emit(CHANNEL, 'end'),
  });
  const expiry =
    expiresAt === null
      ? undefined
      : setTimeout(
          () => fail([clientError('UNAUTHENTICATED', 'the credentials have expired')]),
          Math.min(2_147_000_000, Math.max(0, expiresAt - Date.now())),
        );
  try {
    for await (const result of reader) {
      if (result === 'end') return;
      yield result;
    }
  } finally {
    clearTimeout(expiry);
    stop();
    hub.close();
  }
}
