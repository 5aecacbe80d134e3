import { type Operation, operationFromDocument } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
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
  parse,
  type SelectionSetNode,
  specifiedRules,
  type VariableDefinitionNode,
  validate,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type ClientError, clientError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { OnUnauthorized } from '../authorization/authorize.ts';
import { deniedPaths, unauthorized } from '../authorization/denials.ts';
import type { Requester } from '../authorization/policies.ts';
import {
  type Restrictions,
  restrictionsOf,
  withoutDenied,
  writtenIn,
} from '../authorization/restrictions.ts';
import { clientName, renameForPlanning } from '../plan/aliases.ts';
import { planConditionsOf, withoutConditions } from '../plan/conditions.ts';
import { type LabelledDefers, labelDefers, usesDefer, withoutDefer } from '../plan/defer.ts';
import { compilePlan, type Plan } from '../plan/plan.ts';
import { type Conditions, compileShape, type ObjectShape } from '../plan/shape.ts';
import { labelsFor, type OverrideLabels } from './progress.ts';
import { conflictOf } from './requirements.ts';

/** An operation that has passed every check that does not depend on variables. */
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
  /** The labels of progressive overrides it is planned for. */
  readonly overrides: ReadonlyMap<string, boolean>;
  /** Names of the variables `@skip`, `@include` and `@defer` use. */
  readonly conditionVariables: readonly string[];
  /** What of it needs authorization; null when nothing does. */
  readonly restrictions: Restrictions | null;
  /** The coordinates of fields that are planned and answered without; null when there are none. */
  readonly denied: ReadonlySet<string> | null;
  /** The operation for someone who may not select the fields of these coordinates. */
  without(denied: ReadonlySet<string>, how: OnUnauthorized): Preparation;
  /** The operation ready to run under the given conditions: what they leave out is not planned. */
  under(conditions: Conditions): Planning;
}

/** An operation that is ready to run. */
export interface PlannedOperation extends PreparedOperation {
  readonly plan: Plan;
  /** Makes the plan again, as the planner gives it; null when there is nothing to fetch. */
  queryPlan(): QueryPlan | null;
  /** The shape of the answer under the given conditions. */
  shape(conditions: Conditions): ObjectShape;
  /** The operation for clients that take the answer in parts; null when nothing is deferred, or what is cannot be planned so. */
  readonly deferred: (() => DeferredOperation | null) | null;
}

/** An operation that is answered in parts. */
export interface DeferredOperation {
  readonly plan: Plan;
  shape(conditions: Conditions): ObjectShape;
  /** The client's labels by those of plan and shape. */
  readonly labels: LabelledDefers['labels'];
}

export type Preparation =
  | { ok: true; operation: PreparedOperation }
  | { ok: false; errors: readonly ClientError[] };
export type Planning =
  | { ok: true; operation: PlannedOperation }
  | { ok: false; errors: readonly ClientError[] };

export interface OperationStore {
  /**
   * Parses, checks and plans; what was prepared before, refusals included, comes from a cache. Who asks decides which
   * progressive overrides hold.
   */
  prepare(source: string, operationName: string | undefined, requester?: Requester): Preparation;
}

/** Prepared operations kept: a platform's clients have tens, GraphiQL adds a few. */
const MAX_PREPARED = 2_000;
/** Plans kept of operations that are planned for the values of variables, all together. */
const MAX_CONDITIONAL_PLANS = 2_000;
/** Longest document that is looked at, in characters. */
const MAX_SOURCE_LENGTH = 100_000;
/** Longest document whose refusal is cached: hostile ones should not push the others out of memory. */
const MAX_REMEMBERED_REFUSAL = 2_000;
/** Combinations of conditions whose shapes are kept per operation. */
const MAX_SHAPES = 32;
/** Sets of denied fields whose plans are kept per operation. */
const MAX_FILTERED = 32;
/** Most problems reported for one document. */
const MAX_PROBLEMS = 20;

const NO_LABELS: readonly string[] = [];
const NO_CONDITIONS: Conditions = new Map();
const NOTHING: Plan = { event: null, steps: null };

const ROOTS = { query: 'queries', mutation: 'mutations', subscription: 'subscriptions' };

/** Prepares operations against one graph; a new graph gets a new store. */
export function createOperationStore(
  graph: Graph,
  options: { limits: DocumentLimits; introspection: boolean; overrideLabels?: OverrideLabels | undefined },
): OperationStore {
  const prepared = new LRUCache<string, Preparation>({ max: MAX_PREPARED });
  const conditional = new LRUCache<string, Planning>({ max: MAX_CONDITIONAL_PLANS });
  let count = 0;
  const rules = options.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  return {
    prepare(source, operationName, requester) {
      const overrides = graph.overrides
        ? labelsFor(graph.overrides, requester ?? null, options.overrideLabels)
        : NO_LABELS;
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
    return guarded(() => prepareValid(source, document, definition, { operationName, labels }));
  }

  function prepareValid(
    source: string,
    document: DocumentNode,
    definition: OperationDefinitionNode,
    { operationName, labels }: { operationName: string | undefined; labels: readonly string[] },
  ): Preparation {
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
  }
}

function guarded<T extends Preparation>(prepare: () => T): T | { ok: false; errors: readonly ClientError[] } {
  try {
    return prepare();
  } catch (error) {
    // The planner's own guards (recursive selections, too many options) throw GraphQL errors meant for clients.
    if (error instanceof GraphQLError) return refused(clientError('OPERATION_TOO_COMPLEX', error.message));
    throw error;
  }
}

function shapesOf(
  operation: Operation,
  options: {
    denied: ReadonlySet<string> | null;
    nameOf(responseName: string): string;
    conditionVariables: readonly string[];
    defers?: boolean;
  },
): (conditions: Conditions) => ObjectShape {
  const shapes = new LRUCache<string, ObjectShape>({ max: MAX_SHAPES });
  return (conditions) => {
    const key = valuesOf(options.conditionVariables, conditions);
    const known = shapes.get(key);
    if (known) return known;
    const shape = compileShape(operation, { ...options, conditions });
    shapes.set(key, shape);
    return shape;
  };
}

function valuesOf(variables: readonly string[], conditions: Conditions): string {
  let values = '';
  for (const name of variables) values += conditions.get(name) ? '1' : '0';
  return values;
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

function refused(error: ClientError): { ok: false; errors: readonly ClientError[] } {
  return { ok: false, errors: [error] };
}

function invalid(error: GraphQLError, introspection: boolean): ClientError {
  if (error.message === 'Unknown directive "@stream".')
    return clientError(
      'GRAPHQL_VALIDATION_FAILED',
      '@stream is not served, as subgraphs give lists whole; @defer what is slow about the items',
    );
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
  return labels.length === 0 ? key : `${JSON.stringify(labels)}${key}`;
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

const CONDITIONAL = new Set(['skip', 'include', 'defer']);

function conditionVariablesOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given }) {
      if (!CONDITIONAL.has(name.value)) return;
      for (const { name: argument, value } of given ?? [])
        if (argument.value === 'if' && value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
