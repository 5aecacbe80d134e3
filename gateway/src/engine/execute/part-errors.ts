import type { ClientError } from '../../errors.ts';
import type { FoundPart } from './complete.ts';
import { isCovered, startsWith } from './increments.ts';

export interface PartErrors {
  /** Errors of what was fetched for a deferred fragment, or at once. */
  add(label: string | null, errors: readonly ClientError[]): void;
  /** The errors to report with the first part. */
  takeFirst(data: unknown): readonly ClientError[];
  takeAll(): readonly ClientError[];
  /** Counts a place in which a deferred fragment is to come. */
  promised(label: string): void;
  /** The errors to report with a part; `last` has all that are left. */
  take(found: FoundPart, data: unknown, last: boolean): readonly ClientError[];
}

/**
 * Says which part an error is reported with. What a deferred fragment selects may be fetched with what others select, and
 * one fetch serves a fragment in every item of a list, so that an error's path says where it belongs.
 */
export function createPartErrors(): PartErrors {
  let held: { label: string | null; error: ClientError }[] = [];
  const promised = new Map<string, number>();
  const takeIf = (isMine: (label: string | null, error: ClientError) => boolean) => {
    const taken: ClientError[] = [];
    held = held.filter(({ label, error }) => {
      const mine = isMine(label, error);
      if (mine) taken.push(error);
      return !mine;
    });
    return taken;
  };
  return {
    add(label, errors) {
      for (const error of errors) held.push({ label, error });
    },
    takeFirst: (data) =>
      takeIf((label, { path }) => label === null && (path === undefined || isCovered(data, path))),
    takeAll: () => takeIf(() => true),
    promised(label) {
      promised.set(label, (promised.get(label) ?? 0) + 1);
    },
    take(found, data, last) {
      const others = (promised.get(found.label) ?? 1) - 1;
      promised.set(found.label, others);
      return takeIf((label, { path }) => {
        if (last) return true;
        const isInside = path !== undefined && startsWith(path, found.path);
        if (label === found.label && (others === 0 || path === undefined || isInside)) return true;
        return isInside && (data === null || isCovered(data, path.slice(found.path.length)));
      });
    },
  };
}
