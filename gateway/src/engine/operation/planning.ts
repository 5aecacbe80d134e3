import { type Operation, operationFromDocument } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { compileCost } from '@giggityflix/graphql/cost';
import { type DocumentNode, getOperationAST, type OperationDefinitionNode, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Graph } from '../../graph/graph.ts';
import type { OnUnauthorized } from '../authorization/authorize.ts';
import { deniedPaths, unauthorized } from '../authorization/denials.ts';
import { restrictionsOf, withoutDenied, writtenIn } from '../authorization/restrictions.ts';
import type { Demand } from '../demand/demand.ts';
import { clientName, renameForPlanning } from '../plan/aliases.ts';
import { planConditionsOf, withoutConditions } from '../plan/conditions.ts';
import { type LabelledDefers, labelDefers, usesDefer, withoutDefer } from '../plan/defer.ts';
import { compilePlan, type Plan } from '../plan/plan.ts';
import type { Conditions } from '../plan/shape.ts';
import { conditionVariablesOf } from './conditional.ts';
import type { Planning, Preparation, PreparedOperation } from './prepared.ts';
import { guarded, MAX_PROBLEMS, refused } from './refusals.ts';
import { shapesOf, valuesOf } from './shapes.ts';

/** Plans kept of operations that are planned for the values of variables, all together. */
const MAX_CONDITIONAL_PLANS = 2_000;
/** Sets of denied fields whose plans are kept per operation. */
const MAX_FILTERED = 32;

const NO_CONDITIONS: Conditions = new Map();
const NOTHING: Plan = { event: null, steps: null };

/**
 * Prepares operations that are valid: as a whole, without what someone may not select, in parts, and for the values of their
 * conditions.
 */
export function createPlanning(graph: Graph, demand: Demand | null) {
  const conditional = new LRUCache<string, Planning>({ max: MAX_CONDITIONAL_PLANS });
  let count = 0;

  /** @throws GraphQLError what the planner says to clients. */
  return (
    source: string,
    document: DocumentNode,
    definition: OperationDefinitionNode,
    { operationName, labels }: { operationName: string | undefined; labels: readonly string[] },
  ): Preparation => {
    const overrides = new Map(labels.map((label) => [label, true]));
    const renamed = renameForPlanning(document, graph.names);
    const labelled = usesDefer(document)
      ? labelDefers(renamed, getOperationAST(renamed, operationName)!)
      : null;
    if (labelled && 'message' in labelled) return refused(labelled);
    const planned = labelled ? withoutDefer(renamed) : renamed;
    const operation = operationFromDocument(graph.api, planned, { operationName });
    const nameOf = (responseName: string) => clientName(graph.names, responseName);
    const conditionVariables = conditionVariablesOf(document);
    const decisive = planConditionsOf(document);
    const filtered = new LRUCache<string, Preparation>({ max: MAX_FILTERED });
    const common = {
      graph,
      kind: definition.operation,
      name: definition.name?.value ?? null,
      source,
      document,
      planned,
      definition,
      variableDefinitions: definition.variableDefinitions ?? [],
      cost: compileCost(document, definition),
      demand: demand?.(document, definition) ?? null,
      overrides,
      conditionVariables,
      restrictions: graph.authorization && restrictionsOf(operation, graph.authorization),
      without(denied: ReadonlySet<string>, how: OnUnauthorized) {
        const key = `${how} ${[...denied].join(' ')}`;
        const known = filtered.get(key);
        if (known) return known;
        const preparation = guarded(() => variant(denied, how));
        filtered.set(key, preparation);
        return preparation;
      },
    };
    const variant = (denied: ReadonlySet<string> | null, how: OnUnauthorized): Preparation => {
      const left = denied ? withoutDenied(operation, denied) : operation;
      // There are no events without the one field of a subscription that has them.
      if (denied && (how === 'reject' || (left === null && definition.operation === 'subscription'))) {
        const places = deniedPaths({ denied, nameOf, isSkipped: () => false }, writtenIn(operation));
        return { ok: false, errors: places.slice(0, MAX_PROBLEMS).map(unauthorized) };
      }
      const plan = (conditions: Conditions): Planning => {
        const queryPlan = () => queryPlanOf(included(left, left === operation ? planned : null, conditions));
        const first = queryPlan();
        return {
          ok: true,
          operation: {
            ...prepared,
            queryPlan,
            plan: first ? compilePlan(first, graph) : NOTHING,
            shape,
            deferred:
              labelled && labelled.labels.size > 0 && definition.operation !== 'subscription'
                ? once(() => orNull(() => defer(labelled, denied, conditions)))
                : null,
          },
        };
      };
      const shape = shapesOf(operation, { denied, nameOf, conditionVariables });
      const number = ++count;
      const prepared: PreparedOperation = {
        ...common,
        denied,
        under(conditions) {
          if (only) return only;
          const key = `${number} ${valuesOf(decisive.variables, conditions)}`;
          const known = conditional.get(key);
          if (known) return known;
          const planning = guarded(() => plan(conditions));
          conditional.set(key, planning);
          return planning;
        },
      };
      const only = decisive.variables.length === 0 ? plan(NO_CONDITIONS) : null;
      return { ok: true, operation: prepared };
    };
    /** What is left of an operation, or of its document where that is at hand. */
    const included = (left: Operation | null, document: DocumentNode | null, conditions: Conditions) => {
      if (!left || !decisive.used) return left;
      const text = document ?? parse(left.toString(), { noLocation: true });
      const resolved = withoutConditions(text, conditions);
      const root = getOperationAST(resolved, left.name ?? operationName)!;
      if (root.selectionSet.selections.length === 0) return null;
      return operationFromDocument(graph.api, resolved, { operationName: root.name?.value });
    };
    const queryPlanOf = (left: Operation | null): QueryPlan | null =>
      left && graph.planner.buildQueryPlan(left, { overrideConditions: new Map(overrides) });
    const defer = (
      { document: parts, labels: names }: LabelledDefers,
      denied: ReadonlySet<string> | null,
      conditions: Conditions,
    ) => {
      const whole = operationFromDocument(graph.api, parts);
      const left = denied ? withoutDenied(whole, denied) : whole;
      const queryPlan = queryPlanOf(included(left, left === whole ? parts : null, conditions));
      return {
        plan: queryPlan ? compilePlan(queryPlan, graph) : NOTHING,
        shape: shapesOf(whole, { denied, nameOf, conditionVariables, defers: true }),
        labels: names,
      };
    };
    return variant(null, 'filter');
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The planner fails on some deferred fragments, such as of introspection alone. */
function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
