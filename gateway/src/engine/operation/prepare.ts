import { operationFromDocument } from '@apollo/federation-internals';
import { type Cost, compileCost } from '@giggityflix/graphql/cost';
import { type DocumentLimits, parseWithin } from '@giggityflix/graphql/limits';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  type OperationTypeNode,
  type SelectionSetNode,
  specifiedRules,
  type VariableDefinitionNode,
  validate,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type ClientError, clientError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { clientName, renameForPlanning } from '../plan/aliases.ts';
import { compilePlan, type Plan } from '../plan/plan.ts';
import { type Conditions, compileShape, type ObjectShape } from '../plan/shape.ts';
import { conflictOf } from './requirements.ts';

/** An operation that has passed every check that does not depend on variables, planned and ready to run. */
export interface PreparedOperation {
  readonly graph: Graph;
  readonly kind: OperationTypeNode;
  /** The operation's name, or null for an anonymous one. */
  readonly name: string | null;
  readonly source: string;
  readonly document: DocumentNode;
  /** The document as it is planned: what the planner could take for fields of its own is renamed. */
  readonly planned: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variableDefinitions: readonly VariableDefinitionNode[];
  readonly cost: Cost;
  readonly plan: Plan;
  /** The labels of progressive overrides it is planned for. */
  readonly overrides: ReadonlyMap<string, boolean>;
  /** Names of the variables `@skip` and `@include` use. */
  readonly conditionVariables: readonly string[];
  /** The shape of the answer under the given conditions. */
  shape(conditions: Conditions): ObjectShape;
}

export type Preparation =
  | { ok: true; operation: PreparedOperation }
  | { ok: false; errors: readonly ClientError[] };

export interface OperationStore {
  /** Parses, checks and plans; what was prepared before, refusals included, comes from a cache. */
  prepare(source: string, operationName: string | undefined): Preparation;
}

/** Prepared operations kept: a platform's clients have tens, GraphiQL adds a few. */
const MAX_PREPARED = 2_000;
/** Longest document that is looked at, in characters. */
const MAX_SOURCE_LENGTH = 100_000;
/** Longest document whose refusal is cached: hostile ones should not push the others out of memory. */
const MAX_REMEMBERED_REFUSAL = 2_000;
/** Combinations of conditions whose shapes are kept per operation. */
const MAX_SHAPES = 32;
/** Most problems reported for one document. */
const MAX_PROBLEMS = 20;

const ROOTS = { query: 'queries', mutation: 'mutations', subscription: 'subscriptions' };

/** Prepares operations against one graph; a new graph gets a new store. */
export function createOperationStore(
  graph: Graph,
  options: { limits: DocumentLimits; introspection: boolean },
): OperationStore {
  const prepared = new LRUCache<string, Preparation>({ max: MAX_PREPARED });
  const rules = options.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  return {
    prepare(source, operationName) {
      const overrides = graph.overrides.draw(Math.random());
      const key = keyOf(source, operationName, overrides);
      const known = prepared.get(key);
      if (known) return known;
      const preparation = prepareNew(source, operationName, overrides);
      if (preparation.ok || source.length <= MAX_REMEMBERED_REFUSAL) prepared.set(key, preparation);
      return preparation;
    },
  };

  function prepareNew(
    source: string,
    operationName: string | undefined,
    labels: readonly string[],
  ): Preparation {
    if (source.length > MAX_SOURCE_LENGTH)
      return refused(
        clientError('OPERATION_TOO_COMPLEX', `the document is longer than ${MAX_SOURCE_LENGTH} characters`),
      );
    const parsed = parseWithin(source, options.limits);
    if (!parsed.ok)
      return refused(
        clientError(parsed.code, parsed.message, parsed.locations ? { locations: parsed.locations } : {}),
      );
    const { document } = parsed;
    // Before validation, which cannot determine such a document's root fields without variables, and throws.
    const conditional = conditionalSubscription(document);
    if (conditional) return refused(conditional);
    const problems = validate(graph.schema, document, rules, { maxErrors: MAX_PROBLEMS });
    if (problems.length > 0)
      return { ok: false, errors: problems.map((problem) => invalid(problem, options.introspection)) };
    const definition = getOperationAST(document, operationName);
    if (!definition)
      return refused(clientError('OPERATION_RESOLUTION_FAILURE', unknownOperation(operationName)));
    if (!graph.schema.getRootType(definition.operation))
      return refused(
        clientError('GRAPHQL_VALIDATION_FAILED', `the schema has no ${ROOTS[definition.operation]}`),
      );
    const conflict = conflictOf(document, graph);
    if (conflict) return refused(conflict);
    try {
      return { ok: true, operation: plan(source, document, definition, { operationName, labels }) };
    } catch (error) {
      // The planner's own guards (recursive selections, too many options) throw GraphQL errors meant for clients.
      if (error instanceof GraphQLError) return refused(clientError('OPERATION_TOO_COMPLEX', error.message));
      throw error;
    }
  }

  function plan(
    source: string,
    document: DocumentNode,
    definition: OperationDefinitionNode,
    { operationName, labels }: { operationName: string | undefined; labels: readonly string[] },
  ): PreparedOperation {
    const overrides = new Map(labels.map((label) => [label, true]));
    const planned = renameForPlanning(document, graph.names);
    const operation = operationFromDocument(graph.api, planned, { operationName });
    const nameOf = (responseName: string) => clientName(graph.names, responseName);
    const conditionVariables = conditionVariablesOf(document);
    const shapes = new LRUCache<string, ObjectShape>({ max: MAX_SHAPES });
    return {
      graph,
      kind: definition.operation,
      name: definition.name?.value ?? null,
      source,
      document,
      planned,
      definition,
      variableDefinitions: definition.variableDefinitions ?? [],
      cost: compileCost(document, definition),
      plan: compilePlan(graph.planner.buildQueryPlan(operation, { overrideConditions: overrides }), graph),
      overrides,
      conditionVariables,
      shape(conditions) {
        let key = '';
        for (const name of conditionVariables) key += conditions.get(name) ? '1' : '0';
        const known = shapes.get(key);
        if (known) return known;
        const shape = compileShape(operation, { conditions, nameOf });
        shapes.set(key, shape);
        return shape;
      },
    };
  }
}

function refused(error: ClientError): Preparation {
  return { ok: false, errors: [error] };
}

function invalid(error: GraphQLError, introspection: boolean): ClientError {
  // Suggestions reveal parts of the schema that switched-off introspection hides.
  const message = introspection ? error.message : error.message.replace(/ Did you mean .*\?$/s, '');
  return clientError(
    'GRAPHQL_VALIDATION_FAILED',
    message,
    error.locations ? { locations: error.locations } : {},
  );
}

function unknownOperation(name: string | undefined): string {
  return name === undefined
    ? 'the document has several operations: name one in operationName'
    : `the document has no operation named "${name}"`;
}

/** The name's length keeps a name and a document apart that together read like another document. */
function keyOf(source: string, operationName: string | undefined, labels: readonly string[]): string {
  const key =
    operationName === undefined ? `:${source}` : `${operationName.length}:${operationName}${source}`;
  return labels.length === 0 ? key : `${labels.length}%${key}`;
}

/** Whether there is an event at all cannot depend on a variable. */
function conditionalSubscription(document: DocumentNode): ClientError | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const isConditional = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include'))
        return true;
      if (selection.kind === Kind.FIELD) return false;
      if (selection.kind === Kind.INLINE_FRAGMENT) return isConditional(selection.selectionSet);
      const fragment = fragments.get(selection.name.value);
      // Each is looked at once: fragments that double would take for ever.
      fragments.delete(selection.name.value);
      return fragment !== undefined && isConditional(fragment.selectionSet);
    });
  const found = document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === 'subscription' &&
      isConditional(definition.selectionSet),
  );
  return found
    ? clientError('GRAPHQL_VALIDATION_FAILED', 'the root of a subscription cannot have @skip or @include')
    : null;
}

function conditionVariablesOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
