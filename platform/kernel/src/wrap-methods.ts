/** The same object with something put around each of its methods, all of which give promises. */
export function wrapMethods<T extends object>(
  part: T,
  around: (work: () => Promise<unknown>) => Promise<unknown>,
): T {
  const wrap =
    (method: (...args: unknown[]) => Promise<unknown>) =>
    (...args: unknown[]) =>
      around(() => method(...args));
  return Object.fromEntries(Object.entries(part).map(([name, method]) => [name, wrap(method)])) as T;
}
