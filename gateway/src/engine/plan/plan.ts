import type {
  FetchDataRewrite,
  FetchNode,
  PlanNode,
  QueryPlan,
  QueryPlanSelectionNode,
} from '@apollo/query-planner';
import {
  type GraphQLSchema,
  getNamedType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Graph } from '../../graph/graph.ts';
import type { SubgraphOperation } from '../../subgraphs/operation.ts';

/** One operation of a plan at a subgraph, with what it takes from the response and what it changes there. */
export interface Fetch extends SubgraphOperation {
  readonly variables: readonly string[];
  readonly requires: readonly QueryPlanSelectionNode[] | null;
  readonly inputRewrites: readonly FetchDataRewrite[] | undefined;
  readonly outputRewrites: readonly FetchDataRewrite[] | undefined;
}

export type Step =
  | { kind: 'sequence' | 'parallel'; steps: readonly Step[] }
  | FetchStep
  | DeferStep
  | { kind: 'condition'; variable: string; whenTrue: Step | null; whenFalse: Step | null };

export interface FetchStep {
  readonly kind: 'fetch';
  readonly fetch: Fetch;
  readonly path: readonly (string | number)[];
  /** What deferred parts call it that need its answer. */
  readonly id: string | undefined;
}

/** What is fetched at once, and what each deferred part adds to that. */
export interface DeferStep {
  readonly kind: 'defer';
  readonly primary: Step | null;
  readonly parts: readonly { label: string; depends: readonly string[]; step: Step | null }[];
}

/** A query plan made ready to run. A subscription's `event` is run upstream, its `steps` for each event. */
export interface Plan {
  readonly event: Fetch | null;
  readonly steps: Step | null;
}

/** Where the types of leaves are found, and whether any is a custom scalar. */
type Scalars = Pick<Graph, 'internal' | 'customScalars'>;

/** Prepares a plan; nested paths become absolute, so that every fetch knows its place in the response. */
export function compilePlan(plan: QueryPlan, graph: Scalars): Plan {
  const { node } = plan;
  if (!node) return { event: null, steps: null };
  if (node.kind !== 'Subscription')
    return { event: null, steps: withKnownDependencies(compileStep(node, [], graph)) };
  return {
    event: compileFetch(node.primary, graph),
    steps: node.rest ? compileStep(node.rest, [], graph) : null,
  };
}

/** Parts may depend on fetches that the planner left out in the end, as nothing was left to ask. */
function withKnownDependencies(root: Step): Step {
  const ids = new Set<string>();
  let hasParts = false;
  const gather = (step: Step): void => {
    if (step.kind === 'fetch' && step.id !== undefined) ids.add(step.id);
    hasParts ||= step.kind === 'defer';
    for (const inner of stepsOf(step)) gather(inner);
  };
  gather(root);
  if (!hasParts) return root;
  const known = (step: Step): Step => {
    switch (step.kind) {
      case 'fetch':
        return step;
      case 'sequence':
      case 'parallel':
        return { ...step, steps: step.steps.map(known) };
      case 'condition':
        return {
          ...step,
          whenTrue: step.whenTrue && known(step.whenTrue),
          whenFalse: step.whenFalse && known(step.whenFalse),
        };
      case 'defer':
        return {
          kind: 'defer',
          primary: step.primary && known(step.primary),
          parts: step.parts.map((part) => ({
            ...part,
            depends: part.depends.filter((id) => ids.has(id)),
            step: part.step && known(part.step),
          })),
        };
    }
  };
  return known(root);
}

/** The steps inside a step, those of deferred parts included. */
function stepsOf(step: Step): Step[] {
  switch (step.kind) {
    case 'fetch':
      return [];
    case 'sequence':
    case 'parallel':
      return [...step.steps];
    case 'condition':
      return [step.whenTrue, step.whenFalse].filter((branch) => branch !== null);
    case 'defer':
      return [step.primary, ...step.parts.map((part) => part.step)].filter((inner) => inner !== null);
  }
}

function compileStep(node: PlanNode, path: readonly (string | number)[], graph: Scalars): Step {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return {
        kind: node.kind === 'Sequence' ? 'sequence' : 'parallel',
        steps: node.nodes.map((inner) => compileStep(inner, path, graph)),
      };
    case 'Flatten':
      return compileStep(node.node, [...path, ...node.path], graph);
    case 'Condition':
      return {
        kind: 'condition',
        variable: node.condition,
        whenTrue: node.ifClause ? compileStep(node.ifClause, path, graph) : null,
        whenFalse: node.elseClause ? compileStep(node.elseClause, path, graph) : null,
      };
    case 'Fetch':
      return { kind: 'fetch', fetch: compileFetch(node, graph), path, id: node.id };
    case 'Defer':
      return {
        kind: 'defer',
        primary: node.primary.node ? compileStep(node.primary.node, path, graph) : null,
        parts: node.deferred.map((part) => ({
          label: part.label!,
          depends: part.depends.map(({ id }) => id),
          step: part.node ? compileStep(part.node, [], graph) : null,
        })),
      };
  }
}

function compileFetch(node: FetchNode, graph: Scalars): Fetch {
  const operationName = node.operationName ? `"operationName":${JSON.stringify(node.operationName)},` : '';
  return {
    subgraph: node.serviceName,
    bodyStart: `{"query":${JSON.stringify(node.operation)},${operationName}"variables":`,
    query: node.operation,
    operationName: node.operationName,
    mutation: node.operationKind === 'mutation',
    lossless: graph.customScalars && hasCustomScalar(node.operation, graph.internal),
    variables: node.variableUsages ?? [],
    requires: node.requires ?? null,
    inputRewrites: node.inputRewrites,
    outputRewrites: node.outputRewrites,
  };
}

function hasCustomScalar(operation: string, schema: GraphQLSchema): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  visit(
    parse(operation, { noLocation: true }),
    visitWithTypeInfo(types, {
      Field() {
        const type = getNamedType(types.getType());
        found ||= isScalarType(type) && !isSpecifiedScalarType(type);
      },
    }),
  );
  return found;
}
