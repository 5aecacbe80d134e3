import { setImmediate } from 'node:timers/promises';
import { type ClientError, clientError, type Result } from '../../errors.ts';
import { MAX_COMPLETIONS, MAX_TURN_MS, MAX_WAITING_EVENTS } from '../../limits.ts';
import type { GatewayMetrics } from '../../metrics.ts';
import type { SubgraphClients, SubgraphRequestContext } from '../../subgraphs/client.ts';
import type { UpstreamEvent, Upstreams } from '../../subgraphs/subscriptions.ts';
import type { Executor } from '../execute/executor.ts';
import { applyRewrites } from '../execute/rewrites.ts';
import type { PreparedOperation } from '../operation/prepared.ts';
import type { ResolvedRequest } from '../operation/resolve.ts';

/** One client's end of a subscription. Called in the order of the events, never after the subscription ended. */
export interface Subscriber {
  /** `json` is `result` serialised, once for all who share the event. */
  next(result: Result, json: string): void;
  failed(errors: readonly ClientError[]): void;
  completed(): void;
}

/** Clients' subscriptions, those that are alike sharing one subscription upstream. */
export interface Subscriptions {
  /** Subscribes until the returned function is called. */
  subscribe(request: ResolvedRequest, context: SubgraphRequestContext, subscriber: Subscriber): () => void;
  /** Subscriptions upstream. */
  readonly size: number;
}

interface Shared {
  readonly subscribers: Set<Subscriber>;
  leave(): void;
}

interface SubscriptionOptions {
  upstreams: Upstreams;
  subgraphs: SubgraphClients;
  executor: Executor;
  metrics: GatewayMetrics;
  /** Called for failures that clients only see masked. */
  onFailure(error: unknown, operation: PreparedOperation, requestId: string): void;
}

export function createSubscriptions(options: SubscriptionOptions): Subscriptions {
  const { metrics } = options;
  const active = new Map<string, Shared>();
  return {
    get size() {
      return active.size;
    },
    subscribe(request, context, subscriber) {
      const key = keyOf(request, context);
      let shared = active.get(key);
      if (!shared) {
        shared = open(options, request, context, () => {
          if (active.get(key) === shared) {
            active.delete(key);
            metrics.upstreams.dec();
          }
        });
        active.set(key, shared);
        metrics.upstreams.inc();
      }
      const joined = shared;
      // A wrapper per call: the same subscriber object may subscribe twice.
      const member: Subscriber = { ...subscriber };
      joined.subscribers.add(member);
      return () => {
        if (joined.subscribers.delete(member) && joined.subscribers.size === 0) joined.leave();
      };
    },
  };
}

/** What must be equal for two subscriptions to get the same events: operation, variables, identity and what it may see, headers. */
function keyOf({ operation, variables }: ResolvedRequest, context: SubgraphRequestContext): string {
  const denied = operation.denied ? [...operation.denied].join() : '';
  return `${context.authorization ?? ''}\n${context.forwarded?.key ?? ''}\n${denied}\n${operation.name ?? ''}\n${canonical(variables)}\n${operation.source}`;
}

/** JSON with members in order, so that the order a client writes variables in does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function open(
  options: SubscriptionOptions,
  { operation, variables, conditions }: ResolvedRequest,
  context: SubgraphRequestContext,
  onEnd: () => void,
): Shared {
  const subscribers = new Set<Subscriber>();
  const source = operation.plan.event!;
  const queue = createOrderedQueue<Result>({
    limit: MAX_WAITING_EVENTS,
    concurrency: MAX_COMPLETIONS,
    deliver(result) {
      const json = JSON.stringify(result);
      options.metrics.events.inc(subscribers.size);
      for (const subscriber of subscribers) subscriber.next(result, json);
    },
  });
  let ended = false;
  const end = (notify: (subscriber: Subscriber) => void) => {
    if (ended) return;
    ended = true;
    unsubscribe();
    onEnd();
    const notified = [...subscribers];
    subscribers.clear();
    for (const subscriber of notified) notify(subscriber);
  };
  const complete = async (event: UpstreamEvent): Promise<Result> => {
    if (event.data) applyRewrites(operation.graph.internal, source.outputRewrites, event.data);
    const result = await options.executor.execute({
      operation,
      variables,
      conditions,
      subgraphs: options.subgraphs,
      request: { ...context, fresh: true },
      initial: { data: event.data, errors: event.errors },
    });
    return event.afterLoss
      ? { ...result, extensions: { ...result.extensions, mayHaveMissed: true } }
      : result;
  };
  const failed = (error: unknown): Result => {
    options.onFailure(error, operation, context.requestId);
    return {
      errors: [clientError('INTERNAL_SERVER_ERROR', 'the event could not be completed')],
      data: null,
    };
  };
  const upstreamVariables = Object.fromEntries(
    source.variables.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  );
  const unsubscribe = options.upstreams.subscribe(source, upstreamVariables, context.authorization, {
    event(event) {
      if (queue.push(() => complete(event).catch(failed))) return;
      end((subscriber) => subscriber.failed([tooMany]));
    },
    // What was received before the end is delivered before it.
    failed: (errors) => queue.afterwards(() => end((subscriber) => subscriber.failed(errors))),
    completed: () => queue.afterwards(() => end((subscriber) => subscriber.completed())),
  });
  return { subscribers, leave: () => end(() => {}) };
}

const tooMany = clientError(
  'TOO_MANY_EVENTS',
  'events come faster than they can be completed; subscribe again, some may be missing',
);

/** Runs tasks a few at a time and delivers their results in the order they were pushed. */
function createOrderedQueue<T>(options: {
  limit: number;
  concurrency: number;
  deliver: (result: T) => void;
}) {
  const waiting: (() => Promise<T>)[] = [];
  let running: Promise<T>[] = [];
  let delivering = false;
  let ending: (() => void) | null = null;
  const fill = () => {
    while (running.length < options.concurrency && waiting.length > 0) running.push(waiting.shift()!());
  };
  const drain = async () => {
    delivering = true;
    let turnBegan = performance.now();
    for (fill(); running.length > 0; fill()) {
      const result = await running[0]!;
      running = running.slice(1);
      options.deliver(result);
      if (performance.now() - turnBegan < MAX_TURN_MS) continue;
      // A burst to many subscribers would otherwise keep everyone else waiting until it is over.
      await setImmediate();
      turnBegan = performance.now();
    }
    delivering = false;
    ending?.();
  };
  return {
    /** False when too much is waiting already. */
    push(task: () => Promise<T>): boolean {
      if (waiting.length >= options.limit) return false;
      waiting.push(task);
      if (!delivering) void drain();
      else fill();
      return true;
    },
    afterwards(then: () => void) {
      if (delivering) ending = then;
      else then();
    },
  };
}
