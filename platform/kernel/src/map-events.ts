/**
 * The events of `source`, each converted; `failed` gives what is thrown in place of an error of `source`. A reader that
 * leaves ends `source` at once. An async generator would do so only once the next event comes, which it may never do.
 */
export function mapEvents<A, B>(
  source: AsyncIterator<A>,
  convert: (event: A) => B | Promise<B>,
  failed: (error: unknown) => unknown = (error) => error,
): AsyncIterableIterator<B> {
  const mapped: AsyncIterableIterator<B> = {
    [Symbol.asyncIterator]: () => mapped,
    async next() {
      const event = await source.next().catch((error: unknown) => {
        throw failed(error);
      });
      if (event.done) return { done: true, value: undefined };
      return { done: false, value: await convert(event.value) };
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    async throw(error) {
      await source.return?.();
      throw error;
    },
  };
  return mapped;
}
