import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Caller } from './callers.ts';
import { type Cost, compileCost } from './cost.ts';
import { type DocumentLimits, parseWithin } from './limits.ts';

/** An operation as it arrives. */
export interface Operation {
  query: string;
  operationName?: string | null | undefined;
  variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * What the gateway's largest plans need, with its limits as high as they can be set: fragments written out, keys and
 * type names added. It has measured what the client asked for, so the number of objects is not counted again.
 */
const PLATFORM_LIMITS: DocumentLimits = { tokens: 100_000, depth: 128, aliases: 5_000, selections: 25_000 };
/** What the plans of a gateway with default limits need. */
const ANYONE_LIMITS: DocumentLimits = { tokens: 50_000, depth: 32, aliases: 200, selections: 15_000 };
/** Objects that an operation of anyone may ask for; lists of a plan's entities count, hence more than at the gateway. */
const ANYONE_COST = 50_000;
/** Characters of all documents that are kept parsed, which take some 50 times as many bytes. */
const MAX_KNOWN = 200_000;

/** A document within the limits, with the costs of its operations by name. */
interface Known {
  document: DocumentNode;
  costs: Map<string | null | undefined, Cost>;
}

/** Finds what is wrong with an operation before it is validated, which takes time in the square of its size. */
export interface DocumentChecks {
  /** Null for an operation within the limits, and for one that is no GraphQL, which the caller's own parser reports. */
  refusal(operation: Operation, caller: Caller): GraphQLError | null;
  /** The parsed document. @throws GraphQLError for one that is no GraphQL, or not within the limits. */
  parse(operation: Operation, caller: Caller): DocumentNode;
}

export function createDocumentChecks(schema: GraphQLSchema): DocumentChecks {
  /** By whom they come from: a gateway sends the same plans again and again. */
  const known = new LRUCache<string, Known>({
    maxSize: MAX_KNOWN,
    sizeCalculation: (_value, key) => key.length,
  });

  const read = ({ query }: Operation, caller: Caller): Known => {
    const key = `${caller} ${query}`;
    const found = known.get(key);
    if (found) return found;
    const parsed = parseWithin(query, caller === 'platform' ? PLATFORM_LIMITS : ANYONE_LIMITS);
    if (!parsed.ok) throw new GraphQLError(parsed.message, { extensions: { code: parsed.code } });
    const made: Known = { document: parsed.document, costs: new Map() };
    known.set(key, made);
    return made;
  };
  const parse = (operation: Operation, caller: Caller): DocumentNode => {
    const found = read(operation, caller);
    if (caller === 'anyone') checkCost(schema, found, operation);
    return found.document;
  };

  return {
    parse,
    refusal(operation, caller) {
      try {
        parse(operation, caller);
        return null;
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        return error.extensions.code === 'OPERATION_TOO_COMPLEX' ? error : null;
      }
    },
  };
}

/** @throws GraphQLError for an operation that asks for too many objects. What is wrong otherwise is for validation. */
function checkCost(
  schema: GraphQLSchema,
  { document, costs }: Known,
  { operationName, variables }: Operation,
): void {
  const definition = getOperationAST(document, operationName);
  if (!definition) return;
  let cost = costs.get(operationName);
  if (!cost) {
    cost = compileCost(document, definition);
    costs.set(operationName, cost);
  }
  const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], variables ?? {}, {
    maxErrors: 1,
  });
  const objects = cost(coerced ?? {});
  if (objects > ANYONE_COST)
    throw new GraphQLError(`the operation asks for ${objects} objects; at most ${ANYONE_COST}`, {
      extensions: { code: 'OPERATION_TOO_COMPLEX' },
    });
}
