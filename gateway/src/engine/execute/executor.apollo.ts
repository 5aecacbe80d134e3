import {
  buildOperationContext,
  executeQueryPlan,
  type GraphQLDataSource,
  type ServiceMap,
} from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import type { GraphQLFormattedError } from 'graphql';
import { type ClientError, clientError, type Result } from '../../errors.ts';
import type { PlannerNames } from '../../graph/planner-names.ts';
import type { PlannedOperation } from '../operation/prepared.ts';
import { clientName, withClientNames } from '../plan/aliases.ts';
import type { Fetch } from '../plan/plan.ts';
import { createLeanExecutor } from './executor.lean.ts';
import type { Execution, Executor } from './executor.ts';

/** The name under which the plan of a subscription's completion fetches the event itself. */
const EVENT = '__event__';

/** Runs plans with the executor of `@apollo/gateway`, over our connections to the subgraphs. */
export function createApolloExecutor(): Executor {
  const lean = createLeanExecutor();
  const plans = new WeakMap<PlannedOperation, QueryPlan>();
  const planOf = (operation: PlannedOperation): QueryPlan => {
    let plan = plans.get(operation);
    if (!plan) {
      plan = forExecution(operation.queryPlan() ?? { kind: 'QueryPlan' });
      plans.set(operation, plan);
    }
    return plan;
  };
  return {
    async execute(execution) {
      const { operation, variables } = execution;
      // It knows nothing of fields that a client may not see.
      if (operation.denied) return lean.execute(execution);
      const { graph } = operation;
      const requestContext = {
        request: { query: operation.source, variables, operationName: operation.name ?? undefined },
        document: operation.planned,
        context: {},
        metrics: {},
        logger: console,
      };
      const result = await executeQueryPlan(
        planOf(operation),
        servicesOf(execution),
        requestContext as never,
        buildOperationContext({
          schema: graph.schema,
          operationDocument: operation.planned,
          operationName: operation.name ?? undefined,
        }),
        graph.internal,
        graph.api,
      );
      const { data, errors, ...rest } = toResult(
        result as { data?: Result['data']; errors?: readonly unknown[] },
      );
      return {
        ...(errors && { errors: withClientNames(operation, errors) }),
        data: operation.planned === operation.document ? data : dataWithClientNames(graph.names, data),
        ...rest,
      };
    },
  };
}

/** A subscription's plan becomes a sequence that begins with fetching the event. */
function forExecution(plan: QueryPlan): QueryPlan {
  const { node } = plan;
  if (node?.kind !== 'Subscription') return plan;
  const event = { ...node.primary, serviceName: EVENT };
  return { ...plan, node: { kind: 'Sequence', nodes: node.rest ? [event, node.rest] : [event] } };
}

function servicesOf({ operation, subgraphs, request, initial }: Execution): ServiceMap {
  const services: ServiceMap = Object.create(null);
  for (const { name } of operation.graph.subgraphs)
    services[name] = source(async (fetched) => {
      const fetch = {
        subgraph: name,
        mutation: operation.kind === 'mutation',
      } as Fetch;
      const { query, operationName, variables } = fetched;
      return subgraphs.fetch(fetch, JSON.stringify({ query, operationName, variables }), request);
    });
  services[EVENT] = source(async () => structuredClone(initial) ?? { data: null, errors: [] });
  return services;
}

interface FetchedRequest {
  query?: string;
  operationName?: string;
  variables?: Record<string, unknown>;
}

function source(
  answer: (request: FetchedRequest) => Promise<{ data: unknown; errors: readonly ClientError[] }>,
): GraphQLDataSource {
  return {
    async process({ request }) {
      const { data, errors } = await answer(request as FetchedRequest);
      return { data: data as never, ...(errors.length > 0 && { errors: errors as never }) };
    },
  };
}

function toResult(result: {
  data?: Result['data'];
  errors?: readonly unknown[];
  extensions?: object;
}): Result {
  const { data = null, extensions } = result;
  // It reports values the schema does not allow beside the data alone, where the specification has them as errors.
  const errors =
    result.errors ?? (extensions as { valueCompletion?: readonly unknown[] } | undefined)?.valueCompletion;
  if (data === null && errors === undefined)
    return {
      errors: [clientError('INVALID_GRAPHQL', 'a subgraph gave what the schema does not allow')],
      data,
    };
  return {
    ...(errors && { errors: errors.map(format) }),
    data,
    ...(extensions && { extensions: JSON.parse(JSON.stringify(extensions)) }),
  };
}

function dataWithClientNames<T>(names: PlannerNames, value: T): T {
  if (Array.isArray(value)) return value.map((element) => dataWithClientNames(names, element)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      clientName(names, name),
      dataWithClientNames(names, member),
    ]),
  ) as T;
}

function format(error: unknown): ClientError {
  const { message, path, extensions } = error as GraphQLFormattedError;
  const reported = extensions && {
    ...extensions,
    ...(extensions.serviceName === EVENT && { serviceName: undefined }),
  };
  return { message, ...(path && { path }), ...(reported && { extensions: reported }) };
}
