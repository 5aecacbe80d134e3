import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { type ClientError, clientError, type Result } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { actualCost } from './actual.ts';
import type { Variables } from './arguments.ts';
import { compileEstimate, type Estimate } from './estimate.ts';
import { createRules, type Rules } from './rules.ts';

/** How what operations cost is bounded, and who learns of it. */
export interface DemandOptions {
  /** Operations estimated to cost more are refused; null for none. */
  readonly max: number | null;
  /** Items of a list nothing is said of. */
  readonly listSize: number;
  /** Whether answers say what they cost: to those who ask, or to all. */
  readonly report: 'never' | 'asked' | 'always';
}

/** Demand control of one operation. */
export interface OperationDemand {
  readonly options: DemandOptions;
  readonly rules: Rules;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly estimate: (variables: Variables) => Estimate;
}

/** Prepares the demand control of a valid operation. */
export type Demand = (document: DocumentNode, definition: OperationDefinitionNode) => OperationDemand;

/** What is known of a request's cost before it runs. */
export interface RequestCost {
  readonly demand: OperationDemand;
  readonly estimated: number;
  readonly variables: Variables;
}

/** Null where nothing is to be estimated: operations then have no estimate, and none is looked for. */
export function createDemand(options: DemandOptions | null | undefined, graph: Graph): Demand | null {
  if (!options) return null;
  const rules = createRules(graph.schema, graph.costs);
  return (document, definition) => ({
    options,
    rules,
    document,
    definition,
    estimate: compileEstimate(document, definition, rules, options.listSize),
  });
}

/** Estimates an operation: an error when it may not run, what it costs when the answer is to say so, or null. */
export function admit(
  demand: OperationDemand,
  variables: Variables,
  isAsked: boolean,
): ClientError | RequestCost | null {
  const { max, report } = demand.options;
  const estimated = demand.estimate(variables);
  if (!estimated.ok) return clientError('COST_QUERY_PARSE_FAILURE', estimated.message);
  const { cost } = estimated;
  // What is not a number is over every limit.
  if (max !== null && !(cost <= max))
    return clientError(
      'COST_ESTIMATED_TOO_EXPENSIVE',
      `the operation is estimated to cost ${cost}; at most ${max}`,
      { extensions: { cost: { estimated: cost, max } } },
    );
  if (report === 'never' || (report === 'asked' && !isAsked)) return null;
  return { demand, estimated: cost, variables };
}

/** Puts what an answer cost into its extensions; while parts of it are to come, only what was expected. */
export function withCost(
  { demand, estimated, variables }: RequestCost,
  result: Result,
  isWhole: boolean,
): Result {
  const { max } = demand.options;
  const actual = isWhole ? actualCost(demand, variables, result.data ?? null) : undefined;
  const cost = { estimated, ...(actual !== undefined && { actual }), ...(max !== null && { max }) };
  return { ...result, extensions: { ...result.extensions, cost } };
}
