import { type DocumentLimits, parseWithin } from '@giggityflix/graphql/limits';
import { getOperationAST, NoSchemaIntrospectionCustomRule, specifiedRules, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { clientError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Requester } from '../authorization/policies.ts';
import { createDemand, type DemandOptions } from '../demand/demand.ts';
import { conditionalSubscription } from './conditional.ts';
import { createPlanning } from './planning.ts';
import type { Preparation } from './prepared.ts';
import { labelsFor, type OverrideLabels } from './progress.ts';
import { guarded, invalid, MAX_PROBLEMS, refused, unknownOperation } from './refusals.ts';
import { conflictOf } from './requirements.ts';

export interface OperationStore {
  /**
   * Parses, checks and plans; what was prepared before, refusals included, comes from a cache. Who asks decides which
   * progressive overrides hold.
   */
  prepare(source: string, operationName: string | undefined, requester?: Requester): Preparation;
}

/** Prepared operations kept: a platform's clients have tens, GraphiQL adds a few. */
const MAX_PREPARED = 2_000;
/** Longest document that is looked at, in characters. */
const MAX_SOURCE_LENGTH = 100_000;
/** Longest document whose refusal is cached: hostile ones should not push the others out of memory. */
const MAX_REMEMBERED_REFUSAL = 2_000;

const NO_LABELS: readonly string[] = [];

const ROOTS = { query: 'queries', mutation: 'mutations', subscription: 'subscriptions' };

/** Prepares operations against one graph; a new graph gets a new store. */
export function createOperationStore(
  graph: Graph,
  options: {
    limits: DocumentLimits;
    introspection: boolean;
    overrideLabels?: OverrideLabels | undefined;
    /** Nothing is estimated without. */
    demand?: DemandOptions | null;
  },
): OperationStore {
  const prepared = new LRUCache<string, Preparation>({ max: MAX_PREPARED });
  const prepareValid = createPlanning(graph, createDemand(options.demand, graph));
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
}

/** The name's length keeps a name and a document apart that together read like another document. */
function keyOf(source: string, operationName: string | undefined, labels: readonly string[]): string {
  const key =
    operationName === undefined ? `:${source}` : `${operationName.length}:${operationName}${source}`;
  return labels.length === 0 ? key : `${JSON.stringify(labels)}${key}`;
}
