import type { Engine, Opened } from '../engine/engine.ts';
import type { PartsSink, PendingPart, ReadyParts } from '../engine/execute/executor.ts';
import type { ClientError, Result } from '../errors.ts';
import type { Visitor } from './visitor.ts';

/**
 * How the parts of an answer are written: by the incremental specification's draft, which promises each part under an id
 * (`incrementalSpec=v0.2`), or as in the draft of August 2022, which says of a part only where it belongs.
 */
export type IncrementalFormat = 'v0.2' | '20220824';

/** What takes the payloads of an answer in parts, in order. */
export interface PayloadSink {
  /** The whole answer, when nothing of it is to come later. */
  whole(result: Result): void;
  /** `json` is `payload` serialised. */
  payload(json: string, hasNext: boolean, payload: object): void;
}

/** Answers in parts; the function returned ends that, with errors for what is still to come or without a word. */
export function answerInParts(
  engine: Engine,
  opened: Opened & { kind: 'ready' },
  context: Visitor['context'],
  { format, sink }: { format: IncrementalFormat; sink: PayloadSink },
): (errors?: readonly ClientError[]) => void {
  const leaving = new AbortController();
  const { first, next } = FORMATS[format];
  const send = (payload: object, hasNext: boolean) => sink.payload(JSON.stringify(payload), hasNext, payload);
  const parts: PartsSink = {
    first(result, pending) {
      if (pending.length === 0) sink.whole(result);
      else send(first(result, pending), true);
    },
    next: (ready) => send(next(ready), ready.hasNext),
  };
  engine.runInParts(opened, context, parts, leaving.signal);
  return (errors) => leaving.abort(errors);
}

const FORMATS = {
  'v0.2': {
    first: (result: Result, pending: readonly PendingPart[]) => ({ ...result, pending, hasNext: true }),
    next({ pending, parts, hasNext }: ReadyParts) {
      const delivered = parts.filter(({ data }) => data !== null && Object.keys(data).length > 0);
      const incremental = delivered.map(({ part, data, errors }) => ({
        id: part.id,
        data,
        ...(errors.length > 0 && { errors }),
      }));
      const completed = parts.map((one) => ({
        id: one.part.id,
        ...(one.errors.length > 0 && !delivered.includes(one) && { errors: one.errors }),
      }));
      return {
        ...(pending.length > 0 && { pending }),
        ...(incremental.length > 0 && { incremental }),
        completed,
        hasNext,
      };
    },
  },
  '20220824': {
    first: (result: Result) => ({ ...result, hasNext: true }),
    next: ({ parts, hasNext }: ReadyParts) => ({
      incremental: parts.map(({ part: { path, label }, data, errors }) => ({
        data,
        path,
        ...(label !== undefined && { label }),
        ...(errors.length > 0 && { errors }),
      })),
      hasNext,
    }),
  },
};
