import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Caller } from './callers.ts';
import { compileCost } from './cost.ts';
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
/** Characters of all documents that are known to be within the limits. */
const MAX_KNOWN = 1_000_000;

/** Finds what is wrong with an operation before it is validated, which takes time in the square of its size. */
export interface DocumentChecks {
  /** Null for an operation within the limits, and for one that is no GraphQL, which the caller's own parser reports. */
  refusal(operation: Operation, caller: Caller): GraphQLError | null;
  /** The parsed document. @throws GraphQLError for one that is no GraphQL, or not within the limits. */
  parse(operation: Operation, caller: Caller): DocumentNode;
}

export function createDocumentChecks(schema: GraphQLSchema): DocumentChecks {
  /** Documents of the gateway, which sends the same plans again and again. */
  const known = new LRUCache<string, true>({
    maxSize: MAX_KNOWN,
    sizeCalculation: (_value, query) => query.length + 1,
  });

  const parse = (operation: Operation, caller: Caller): DocumentNode => {
    const parsed = parseWithin(operation.query, caller === 'platform' ? PLATFORM_LIMITS : ANYONE_LIMITS);
    if (!parsed.ok) throw new GraphQLError(parsed.message, { extensions: { code: parsed.code } });
    if (caller === 'anyone') checkCost(schema, parsed.document, operation);
    return parsed.document;
  };

  return {
    parse,
    refusal(operation, caller) {
      const { query } = operation;
      if (caller === 'platform' && known.has(query)) return null;
      try {
        parse(operation, caller);
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        return error.extensions.code === 'OPERATION_TOO_COMPLEX' ? error : null;
      }
      if (caller === 'platform') known.set(query, true);
      return null;
    },
  };
}

/** @throws GraphQLError for an operation that asks for too many objects. What is wrong otherwise is for validation. */
function checkCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables }: Operation,
): void {
  const definition = getOperationAST(document, operationName);
  if (!definition) return;
  const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], variables ?? {}, {
    maxErrors: 1,
  });
  const cost = compileCost(document, definition)(coerced ?? {});
  if (cost > ANYONE_COST)
    throw new GraphQLError(`the operation asks for ${cost} objects; at most ${ANYONE_COST}`, {
      extensions: { code: 'OPERATION_TOO_COMPLEX' },
    });
}
