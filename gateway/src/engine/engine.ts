import type { DocumentLimits } from '@giggityflix/graphql/limits';
import { notReady, type Readiness } from '@giggityflix/kernel';
import { type Span, startSpan } from '@giggityflix/telemetry';
import { type ClientError, clientError, type Result } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { GatewayMetrics, OperationMeter } from '../metrics.ts';
import {
  createSubgraphClients,
  type SubgraphClients,
  type SubgraphRequestContext,
} from '../subgraphs/client.ts';
import type { Forwarding } from '../subgraphs/header-rules.ts';
import type { ShownErrors } from '../subgraphs/shown-errors.ts';
import { createUpstreams, type Upstreams } from '../subgraphs/subscriptions.ts';
import type { OnUnauthorized } from './authorization/authorize.ts';
import type { Policies, Requester } from './authorization/policies.ts';
import { type DemandOptions, withCost } from './demand/demand.ts';
import type { Executor, PartsSink } from './execute/executor.ts';
import type { PersistedDocuments } from './operation/persisted.ts';
import { createOperationStore, type OperationStore } from './operation/prepare.ts';
import type { PreparedOperation } from './operation/prepared.ts';
import type { OverrideLabels } from './operation/progress.ts';
import {
  type GraphQLParams,
  type Resolution,
  type ResolvedRequest,
  resolveRequest,
} from './operation/resolve.ts';
import { createSubscriptions, type Subscriber, type Subscriptions } from './subscribe/subscriptions.ts';

/** A request the engine did not run, and why. */
export interface Refusal {
  kind: 'refused';
  /** Not a GraphQL request at all, as against one that the schema or a limit refuses. */
  malformed: boolean;
  errors: readonly ClientError[];
}

export type Opened = Refusal | { kind: 'ready'; live: LiveGraph; request: ResolvedRequest };

/** Runs GraphQL requests from any transport against the graph that serves. */
export interface Engine {
  /**
   * Resolves a request against the graph of this moment, to what its requester may see; it may be run later, on the same
   * graph. A promise where policies take one to decide.
   */
  open(params: GraphQLParams, requester: Requester): Opened | Promise<Opened>;
  /** Answers a query or mutation. Never rejects. */
  run(opened: Opened & { kind: 'ready' }, context: SubgraphRequestContext): Promise<Result>;
  /** Answers a query or mutation with what it defers in parts of their own, until `signal` is aborted. */
  runInParts(
    opened: Opened & { kind: 'ready' },
    context: SubgraphRequestContext,
    sink: PartsSink,
    signal: AbortSignal,
  ): void;
  subscribe(
    opened: Opened & { kind: 'ready' },
    context: SubgraphRequestContext,
    subscriber: Subscriber,
  ): () => void;
  /** False before there is a schema to serve: a stream that began then would end with {@link NOT_READY} for good. */
  hasSchema(): boolean;
  /** Whether the subgraphs answer. */
  ready(): Promise<Readiness>;
  /** Puts a graph into service. Requests opened before finish on the graph they began with. */
  use(graph: Graph): void;
  close(): Promise<void>;
}

/** A graph in service with everything that is bound to it. */
export interface LiveGraph {
  readonly graph: Graph;
  readonly operations: OperationStore;
  /** Kept from graph to graph as long as the subgraphs stay where they are. */
  readonly connections: Connections;
  readonly subscriptions: Subscriptions;
}

interface Connections {
  /** Names the addresses the connections lead to. */
  readonly key: string;
  readonly subgraphs: SubgraphClients;
  readonly upstreams: Upstreams;
}

/** How long a replaced graph's connections are kept for what still runs on it, in milliseconds. */
const RETIRE_MS = 60_000;

/** Of requests before there is a schema. */
export const NOT_READY = clientError('NOT_READY', 'the schema is not composed yet: try again in a moment');

export interface EngineOptions {
  executor: Executor;
  documents: PersistedDocuments;
  limits: DocumentLimits;
  maxCost: number;
  /** Null where operations are not estimated by `@cost` and `@listSize`. */
  demand: DemandOptions | null;
  introspection: boolean;
  policies: Policies;
  onUnauthorized: OnUnauthorized;
  /** Decides labels of progressive overrides other than `percent(x)`, which are off without it. */
  overrideLabels?: OverrideLabels | undefined;
  /** How long a subgraph may take to answer, in milliseconds. */
  subgraphTimeoutMs(name: string): number;
  shownErrors: ShownErrors;
  /** Null where no rules pass clients' headers on. */
  forwarding: Forwarding | null;
  /** Presented to the subgraphs, which know their callers by it; null for none. */
  serviceToken: string | null;
  /** Where a subgraph is, when not where the supergraph says. */
  subgraphUrls: ReadonlyMap<string, string>;
  metrics: GatewayMetrics;
  /** Called for failures that clients only see masked. */
  onFailure(error: unknown, operation: PreparedOperation, requestId: string): void;
}

export function createEngine(options: EngineOptions): Engine {
  const { executor, metrics } = options;
  let live: LiveGraph | null = null;
  const retired = new Map<Connections, NodeJS.Timeout>();
  const meters = new WeakMap<PreparedOperation, OperationMeter>();

  const meterOf = (operation: PreparedOperation): OperationMeter => {
    let meter = meters.get(operation);
    if (!meter) {
      meter = metrics.operation(operation.name ?? 'anonymous', operation.kind);
      meters.set(operation, meter);
    }
    return meter;
  };
  const failed = (
    error: unknown,
    operation: PreparedOperation,
    { requestId }: SubgraphRequestContext,
  ): Result => {
    options.onFailure(error, operation, requestId);
    return {
      errors: [clientError('INTERNAL_SERVER_ERROR', 'the request could not be completed')],
      data: null,
    };
  };
  const closeAll = async ({ upstreams, subgraphs }: Connections) => {
    await upstreams.close();
    await subgraphs.close();
  };

  return {
    open(params, requester) {
      if (!live) return refusal(false, [NOT_READY]);
      const opening = live;
      const opened = (resolution: Resolution): Opened => {
        if (resolution.ok) return { kind: 'ready', live: opening, request: resolution.request };
        metrics.refused(String(resolution.errors[0]?.extensions?.code ?? 'other'));
        return refusal(resolution.malformed, resolution.errors);
      };
      const resolution = resolveRequest(params, requester, {
        documents: options.documents,
        operations: live.operations,
        policies: options.policies,
        onUnauthorized: options.onUnauthorized,
        onFailure: options.onFailure,
        maxCost: options.maxCost,
      });
      return resolution instanceof Promise ? resolution.then(opened) : opened(resolution);
    },
    async run({ live: { connections }, request: resolved }, context) {
      const { operation, variables, conditions } = resolved;
      const startedAt = performance.now();
      const span = spanOf(operation, context);
      let result: Result;
      try {
        result = await executor.execute({
          operation,
          variables,
          conditions,
          subgraphs: connections.subgraphs,
          request: span ? { ...context, traceparent: span.traceparent } : context,
        });
      } catch (error) {
        result = failed(error, operation, context);
      }
      if (resolved.cost) result = withCost(resolved.cost, result, true);
      meterOf(operation).answered(performance.now() - startedAt, result.errors !== undefined);
      if (span && result.errors) span.fail(String(result.errors[0]?.extensions?.code ?? 'other'));
      span?.end();
      return result;
    },
    runInParts({ live: { connections }, request: resolved }, context, sink, signal) {
      const { operation, variables, conditions } = resolved;
      const startedAt = performance.now();
      const span = spanOf(operation, context);
      let begun = false;
      let hasErrors = false;
      const first: PartsSink['first'] = (result, pending) => {
        begun = true;
        hasErrors ||= result.errors !== undefined;
        const { cost } = resolved;
        sink.first(cost ? withCost(cost, result, pending.length === 0) : result, pending);
      };
      const run = async () => {
        const execution = {
          operation,
          variables,
          conditions,
          subgraphs: connections.subgraphs,
          request: span ? { ...context, traceparent: span.traceparent } : context,
        };
        const deferred = operation.deferred?.();
        if (!deferred || !executor.executeInParts) return first(await executor.execute(execution), []);
        const next: PartsSink['next'] = (ready) => {
          hasErrors ||= ready.parts.some(({ errors }) => errors.length > 0);
          sink.next(ready);
        };
        await executor.executeInParts({ ...execution, deferred, sink: { first, next }, signal });
      };
      // Never before the caller has what ends it.
      void Promise.resolve()
        .then(run)
        .catch((error: unknown) => {
          const result = failed(error, operation, context);
          if (!begun) first(result, []);
        })
        .finally(() => {
          meterOf(operation).answered(performance.now() - startedAt, hasErrors);
          if (span && hasErrors) span.fail('other');
          span?.end();
        });
    },
    subscribe({ live: { subscriptions }, request }, context, subscriber) {
      metrics.subscriptions.inc();
      const span = spanOf(request.operation, context);
      const traced = span ? { ...context, traceparent: span.traceparent } : context;
      const leave = subscriptions.subscribe(request, traced, subscriber);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        metrics.subscriptions.dec();
        leave();
        span?.end();
      };
    },
    hasSchema: () => live !== null,
    async ready() {
      if (!live) return notReady('the supergraph is not composed yet');
      const unavailable = await live.connections.subgraphs.unavailable();
      return { ready: true, unavailable };
    },
    use(graph) {
      const previous = live;
      const addresses = graph.subgraphs.map(({ name, url }) => ({
        name,
        url: options.subgraphUrls.get(name) ?? url,
      }));
      const key = JSON.stringify(addresses);
      const connections =
        previous?.connections.key === key
          ? previous.connections
          : {
              key,
              subgraphs: createSubgraphClients({
                addresses,
                timeoutMs: options.subgraphTimeoutMs,
                shownErrors: options.shownErrors,
                serviceToken: options.serviceToken,
                forwarding: options.forwarding,
                metrics,
              }),
              upstreams: createUpstreams(addresses, options.serviceToken, options.shownErrors),
            };
      live = {
        graph,
        operations: createOperationStore(graph, options),
        connections,
        subscriptions: createSubscriptions({
          ...connections,
          executor,
          metrics,
          onFailure: options.onFailure,
        }),
      };
      if (!previous || previous.connections === connections) return;
      const timer = setTimeout(() => {
        retired.delete(previous.connections);
        void closeAll(previous.connections);
      }, RETIRE_MS);
      timer.unref();
      retired.set(previous.connections, timer);
    },
    async close() {
      const connections = [...retired.keys()];
      for (const timer of retired.values()) clearTimeout(timer);
      retired.clear();
      if (live) connections.push(live.connections);
      live = null;
      await Promise.all(connections.map(closeAll));
    },
  };
}

/** The span of an operation, which the fetches it takes are part of. */
function spanOf({ kind, name }: PreparedOperation, context: SubgraphRequestContext): Span | undefined {
  return startSpan(kind, {
    service: 'gateway',
    parent: context.traceparent ?? null,
    attributes: { 'graphql.operation.type': kind, 'graphql.operation.name': name ?? undefined },
  });
}

function refusal(malformed: boolean, errors: readonly ClientError[]): Refusal {
  return { kind: 'refused', malformed, errors };
}
