import { SlowReaderError } from '@giggityflix/platform';
import { GraphQLError } from 'graphql';
import { UnavailableError } from '../resilience/unavailable.ts';

/** Runs a resolver and puts what cannot be reached into GraphQL's words. */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toGraphqlError(error);
  }
}

/** The same for each step of a subscription. */
export function guardIterator<T>(source: AsyncIterableIterator<T>): AsyncIterableIterator<T> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => answering(() => source.next()),
    return: () => answering(async () => (await source.return?.()) ?? { done: true, value: undefined }),
  };
}

function toGraphqlError(error: unknown): unknown {
  if (error instanceof UnavailableError)
    return new GraphQLError(`${error.message}; try again in ${error.retryAfterSeconds} s`, {
      extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: error.retryAfterSeconds },
    });
  if (error instanceof SlowReaderError)
    return new GraphQLError('events were not read fast enough', { extensions: { code: 'SLOW_READER' } });
  return error;
}
