/** Up to when a consumer has handled what was published to one partition. */
export interface Progress<O extends bigint | number> {
  /** `end` is the last offset that the partition has at this moment. */
  sawEnd(end: O): void;
  /** Everything up to `offset` was handled. */
  handled(offset: O): void;
  /** The partition has nothing after the end last seen, at this moment. */
  sawNothingNew(): void;
  /** Everything published before this time was handled; milliseconds since 1970, by the clock of this machine. */
  readonly caughtUpAt: number;
}

/** Everything up to `from` was handled before. */
export function createProgress<O extends bigint | number>(
  from: O,
  now: () => number = Date.now,
): Progress<O> {
  let caughtUpAt = now();
  let handledTo = from;
  let end = from;
  /** When that was known to be the end. */
  let endAt = caughtUpAt;
  /** An end seen earlier: once that is handled, so is all that was published before. */
  let mark: { end: O; at: number } | null = null;

  return {
    get caughtUpAt() {
      return caughtUpAt;
    },
    sawEnd(seen) {
      end = seen;
      endAt = now();
      if (handledTo >= end) caughtUpAt = endAt;
      else mark ??= { end, at: endAt };
    },
    handled(offset) {
      handledTo = offset;
      if (handledTo >= end) {
        caughtUpAt = endAt;
        mark = null;
      } else if (mark && handledTo >= mark.end) {
        caughtUpAt = mark.at;
        mark = { end, at: endAt };
      }
    },
    sawNothingNew() {
      endAt = now();
      if (handledTo >= end) caughtUpAt = endAt;
    },
  };
}
