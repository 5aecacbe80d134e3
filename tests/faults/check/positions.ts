import { type Violation, violations } from './violation.ts';

/** Where a film was left, as read; reads of one viewer and film come one after another. */
export interface PositionRead {
  readonly user: string;
  readonly catalogId: string;
  readonly at: number;
  readonly position: number;
}

const keyOf = ({ user, catalogId }: { user: string; catalogId: string }) => `${user} ${catalogId}`;

/** Where somebody left off never goes back while they only go forward, and is where they stopped in the end. */
export function checkPositions(input: {
  readonly reads: readonly PositionRead[];
  /** Of each film that was watched once more after the last fault: where its stop was acknowledged. */
  readonly stoppedAt: readonly {
    readonly user: string;
    readonly catalogId: string;
    readonly position: number;
  }[];
}): Violation[] {
  const last = new Map<string, PositionRead>();
  const found: string[] = [];
  for (const read of [...input.reads].sort((a, b) => a.at - b.at)) {
    const before = last.get(keyOf(read));
    if (before && read.position < before.position)
      found.push(
        `${read.user} was at ${before.position} s of ${read.catalogId} and then at ${read.position} s`,
      );
    last.set(keyOf(read), read);
  }
  for (const stop of input.stoppedAt) {
    const position = last.get(keyOf(stop))?.position;
    if (position === undefined || position < stop.position)
      found.push(
        `${stop.user} stopped at ${stop.position} s of ${stop.catalogId}, and it says ${position ?? 'nothing'}`,
      );
  }
  return violations('positions', found);
}
