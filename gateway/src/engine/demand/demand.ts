import { createRateLimiter, type RateLimiter, type RefillRate } from '@giggityflix/kernel';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { type ClientError, clientError, type Result } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { actualCost } from './actual.ts';
import type { Variables } from './arguments.ts';
import { compileEstimate, type Estimate } from './estimate.ts';
import { createRules, type Rules } from './rules.ts';

/** How what operations cost is bounded, and who learns of it. */
export interface DemandConfig extends Omit<DemandOptions, 'budget'> {
  readonly budget: RefillRate | null;
}

/** The same, with what is left of the budgets. */
export interface DemandOptions {
  /** Operations estimated to cost more are refused; null for none. */
  readonly max: number | null;
  /** Items of a list nothing is said of. */
  readonly listSize: number;
  /** Whether answers say what they cost: to those who ask, or to all. */
  readonly report: 'never' | 'asked' | 'always';
  /** What each requester may spend, at most `burst` at once; null for as much as they like. */
  readonly budget: { readonly rates: RateLimiter; readonly burst: number } | null;
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
  /** Whose budget something was taken from, and what. */
  readonly key: string;
  readonly taken: number;
  readonly isReported: boolean;
}

/** Budgets are those of a gateway, whatever graph it serves. */
export function demandOptions(config: DemandConfig): DemandOptions {
  const { budget } = config;
  return { ...config, budget: budget && { rates: createRateLimiter(budget), burst: budget.burst } };
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

/**
 * Estimates an operation and takes that from its requester's budget: an error when it may not run, or what it costs where somebody
 * wants to know what it did, or null.
 */
export function admit(
  demand: OperationDemand,
  variables: Variables,
  { key, isAsked }: { key: string; isAsked: boolean },
): ClientError | RequestCost | null {
  const { max, report, budget } = demand.options;
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
  const taken = budget && cost <= budget.burst ? cost : (budget?.burst ?? 0);
  const waitSeconds = budget?.rates.take(key, taken) ?? null;
  if (waitSeconds !== null)
    return clientError(
      'COST_BUDGET_EXCEEDED',
      `operations of this user cost more than they may: try again in ${waitSeconds} s`,
      { extensions: { retryAfterSeconds: waitSeconds, cost: { estimated: cost } } },
    );
  const isReported = report === 'always' || (report === 'asked' && isAsked);
  return isReported || budget ? { demand, estimated: cost, variables, key, taken, isReported } : null;
}

/**
 * Puts what an answer cost into its extensions, while parts of it are to come only what was expected, and corrects the budget by it. What
 * has errors costs no less than expected: how far it came is not known.
 */
export function withCost(
  { demand, estimated, variables, key, taken, isReported }: RequestCost,
  result: Result,
  isWhole: boolean,
): Result {
  const { max, budget } = demand.options;
  const actual = isWhole ? actualCost(demand, variables, result.data ?? null) : undefined;
  if (actual !== undefined)
    budget?.rates.correct(key, result.errors ? Math.max(0, actual - taken) : actual - taken);
  if (!isReported) return result;
  const cost = { estimated, ...(actual !== undefined && { actual }), ...(max !== null && { max }) };
  return { ...result, extensions: { ...result.extensions, cost } };
}
