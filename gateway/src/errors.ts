import type { GraphQLFormattedError } from 'graphql';

/** An error as clients get it. */
export type ClientError = GraphQLFormattedError;

/** What a GraphQL response holds, in the order it is written. */
export interface Result {
  errors?: readonly ClientError[];
  data?: Record<string, unknown> | null;
  extensions?: Record<string, unknown>;
}

export function clientError(code: string, message: string, extra: Partial<ClientError> = {}): ClientError {
  return { message, ...extra, extensions: { ...extra.extensions, code } };
}
