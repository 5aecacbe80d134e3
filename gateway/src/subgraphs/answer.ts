import { type ClientError, clientError } from '../errors.ts';

/**
 * The errors of a GraphQL response in the form the specification gives them, whatever the subgraph wrote: one that is
 * no object must not break the answer it is part of.
 */
export function readErrors(given: unknown): readonly ClientError[] {
  if (given === undefined || given === null) return NO_ERRORS;
  return Array.isArray(given) ? given.map(readError) : [readError(given)];
}

const NO_ERRORS: readonly ClientError[] = [];

function readError(given: unknown): ClientError {
  if (!isObject(given))
    return clientError('SUBGRAPH_INVALID_RESPONSE', 'the subgraph reported an error without saying which');
  const { message, path, locations, extensions } = given;
  return {
    message: typeof message === 'string' ? message : '',
    ...(Array.isArray(locations) && { locations }),
    ...(Array.isArray(path) && path.every(isPathPart) && { path }),
    ...(isObject(extensions) && { extensions }),
  };
}

function isPathPart(part: unknown): part is string | number {
  return typeof part === 'string' || typeof part === 'number';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
