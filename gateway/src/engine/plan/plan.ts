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
  | { kind: 'fetch'; fetch: Fetch; path: readonly (string | number)[] }
  | { kind: 'condition'; variable: string; whenTrue: Step | null; whenFalse: Step | null };

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
  if (node.kind !== 'Subscription') return { event: null, steps: compileStep(node, [], graph) };
  return {
    event: compileFetch(node.primary, graph),
    steps: node.rest ? compileStep(node.rest, [], graph) : null,
  };
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
      return { kind: 'fetch', fetch: compileFetch(node, graph), path };
    case 'Defer':
      throw new Error('plans with @defer are not asked for');
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
