import { GraphQLError } from 'graphql';
import { type ClientError, clientError } from '../../errors.ts';

/** Most errors of one document. */
export const MAX_PROBLEMS = 20;

/** What is not prepared, and why. */
export interface Refused {
  ok: false;
  errors: readonly ClientError[];
}

export function refused(error: ClientError): Refused {
  return { ok: false, errors: [error] };
}

/** What `prepare` gives, or a refusal where the planner has one for clients. */
export function guarded<T>(prepare: () => T): T | Refused {
  try {
    return prepare();
  } catch (error) {
    // The planner's own guards (recursive selections, too many options) throw GraphQL errors meant for clients.
    if (error instanceof GraphQLError) return refused(clientError('OPERATION_TOO_COMPLEX', error.message));
    throw error;
  }
}

/** An error of validation, as clients may see it. */
export function invalid(error: GraphQLError, introspection: boolean): ClientError {
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

export function unknownOperation(name: string | undefined): string {
  return name === undefined
    ? 'the document has several operations: name one in operationName'
    : `the document has no operation named "${name}"`;
}
