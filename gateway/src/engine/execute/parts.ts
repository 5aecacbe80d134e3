import { type ClientError, clientError } from '../../errors.ts';
import { MAX_PARTS_MS, MAX_PENDING_PARTS } from '../../limits.ts';
import { withClientNames } from '../plan/aliases.ts';
import { completeAt, completeResponse, type FoundPart } from './complete.ts';
import type { ExecutionInParts, PendingPart } from './executor.ts';
import { CONFLICT, newMembers, objectAt } from './increments.ts';
import { introspect } from './introspect.ts';
import { mergeInto } from './merge.ts';
import { createPartErrors } from './part-errors.ts';
import { createPartSteps } from './part-steps.ts';
import { toResult, withProblems } from './result.ts';
import { runStep } from './run.ts';

type Json = Record<string, unknown>;

interface Promised {
  readonly part: PendingPart;
  readonly found: FoundPart;
  /** Too many parts would follow: what is deferred inside comes with it. */
  whole: boolean;
}

/** Answers an operation with what is deferred in parts of their own, each as soon as it and what it is part of are there. */
export async function executeInParts(execution: ExecutionInParts): Promise<void> {
  const { operation, deferred, variables, conditions, subgraphs, request, sink, signal } = execution;
  const { graph } = operation;
  const data: Json = {};
  const errors: ClientError[] = [];
  const reports = createPartErrors();
  /** Aborted when nothing is sent any more, whatever else is ready. */
  const ending = new AbortController();
  const over = AbortSignal.any([signal, ending.signal]);
  const steps = createPartSteps(over, (label, failures) =>
    reports.add(label, withClientNames(operation, failures)),
  );
  if (deferred.plan.steps) {
    const run = { schema: graph.internal, subgraphs, request, variables, conditions, data, errors };
    await runStep({ ...run, parts: steps }, deferred.plan.steps);
    steps.ran(deferred.plan.steps);
  }
  if (signal.aborted) return;
  reports.add(null, withClientNames(operation, errors));
  const answerTo = (key: string, selections: Parameters<typeof introspect>[1]) =>
    introspect(graph.schema, selections, operation.variableDefinitions, variables, key);
  const found: FoundPart[] = [];
  const first = completeResponse(deferred.shape(conditions), data, answerTo, found);
  const placed = found.filter(({ path }) => objectAt(first.data, path) !== null);
  if (placed.length > MAX_PENDING_PARTS) {
    await steps.allRan();
    const all = completeResponse(operation.shape(conditions), data, answerTo);
    const every = [...reports.takeAll(), ...all.denials];
    return sink.first(toResult(all.data, every, all.problems), []);
  }
  const reported = placed.length === 0 ? reports.takeAll() : reports.takeFirst(first.data);
  const result = toResult(first.data, [...reported, ...first.denials], first.problems);
  // What the client has by now; a copy, as what it was sent is not to change.
  const delivered: Json = structuredClone(first.data) ?? {};

  const waiting = new Map<string, Promised>();
  let ready: Promised[] = [];
  /** Those in `waiting` that the client knows of. */
  const announced = new Map<string, PendingPart>();
  const finished = Promise.withResolvers<void>();
  /** For what runs outside of this promise, where nobody would see it fail. */
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (error) {
      finished.reject(error);
    }
  };
  const promise = (parts: readonly FoundPart[]): PendingPart[] =>
    parts.map((one) => {
      const part = { id: String(ids++), path: one.path, label: deferred.labels.get(one.label) };
      const promised: Promised = { part, found: one, whole: false };
      waiting.set(part.id, promised);
      reports.promised(one.label);
      void steps.ranPart(one.label).then(() => isReady(promised), finished.reject);
      return part;
    });
  let ids = 0;
  const isReady = (promised: Promised) => {
    if (!waiting.has(promised.part.id)) return;
    // Parts that are ready in the same turn are sent together.
    if (ready.push(promised) === 1) setImmediate(attempt, flush);
  };
  const flush = () => {
    if (over.aborted) return;
    const pending: PendingPart[] = [];
    const parts: { part: PendingPart; data: Json | null; errors: readonly ClientError[] }[] = [];
    const taken = ready;
    ready = [];
    for (const promised of taken) {
      const inside: FoundPart[] = [];
      const completed = complete(promised, inside);
      if (completed.data !== null && waiting.size + inside.length > MAX_PENDING_PARTS) {
        promised.whole = true;
        void steps.allRan().then(() => isReady(promised), finished.reject);
        continue;
      }
      waiting.delete(promised.part.id);
      if (completed.data !== null) {
        mergeInto(objectAt(delivered, promised.part.path)!, structuredClone(completed.data));
        pending.push(...promise(inside.filter(({ path }) => objectAt(delivered, path) !== null)));
      }
      const last = waiting.size === 0;
      const reported = reports.take(promised.found, completed.data, last);
      parts.push({
        part: promised.part,
        data: completed.data,
        errors: withProblems([...reported, ...completed.denials], completed.problems),
      });
    }
    if (parts.length > 0) {
      for (const { part } of parts) announced.delete(part.id);
      for (const part of pending) announced.set(part.id, part);
      sink.next({ pending, parts, hasNext: waiting.size > 0 });
    }
    if (waiting.size === 0) finished.resolve();
  };
  const complete = ({ found: one, whole }: Promised, inside: FoundPart[]) => {
    const completion = completeAt(one, whole ? one.whole : one.part, answerTo, inside);
    const { denials, problems } = completion;
    const there = objectAt(delivered, one.path);
    const fresh = completion.data && there ? newMembers(there, completion.data) : CONFLICT;
    return { denials, problems, data: fresh === CONFLICT ? null : fresh };
  };
  const end = (reason: readonly ClientError[]) => {
    ending.abort();
    const parts = [...announced.values()].map((part) => ({
      part,
      data: null,
      errors: reason.map((error) => ({ ...error, path: part.path })),
    }));
    waiting.clear();
    announced.clear();
    if (parts.length > 0 && reason.length > 0) sink.next({ pending: [], parts, hasNext: false });
    finished.resolve();
  };

  if (placed.length === 0) return sink.first(result, []);
  const pending = promise(placed);
  for (const part of pending) announced.set(part.id, part);
  attempt(() => sink.first(result, pending));
  const timer = setTimeout(attempt, MAX_PARTS_MS, () => end([TIMEOUT]));
  const onAbort = () => attempt(() => end(Array.isArray(signal.reason) ? signal.reason : []));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    await finished.promise;
  } catch (error) {
    end([FAILED]);
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

const FAILED = clientError('INTERNAL_SERVER_ERROR', 'the request could not be completed');
const TIMEOUT = clientError('TIMEOUT', `the parts were not there within ${MAX_PARTS_MS} ms`);
