import { type Logger, UnavailableError } from '@giggityflix/kernel';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Code of what a client can neither cause nor fix; its message never leaves the process. */
const INTERNAL = 'INTERNAL_SERVER_ERROR';

/** An error for input that has the right type but not a usable value. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** For credentials that were given but do not hold, or hold no longer. */
export function unauthenticated(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
}

/**
 * What the client receives for an error. Errors with `extensions.code` are meant for it and pass, as do those of the
 * request itself and {@link UnavailableError}; everything else is logged whole and replaced.
 */
export function maskError(
  formatted: GraphQLFormattedError,
  error: unknown,
  logger: Logger,
): GraphQLFormattedError {
  const code = formatted.extensions?.code;
  if (code !== undefined && code !== INTERNAL) return withoutHttp(formatted);
  const original = error instanceof GraphQLError ? error.originalError : error;
  // graphql-js names neither code nor cause where variables do not fit the schema.
  if (code === undefined && error instanceof GraphQLError && original == null)
    return { ...formatted, extensions: { ...formatted.extensions, code: 'BAD_USER_INPUT' } };
  if (original instanceof UnavailableError)
    return {
      ...formatted,
      message: original.advice,
      extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: original.retryAfterSeconds },
    };
  logger.error({ err: original ?? error, path: formatted.path }, 'a resolver failed');
  return {
    message: 'the request could not be completed',
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
    extensions: { code: INTERNAL },
  };
}

/** `extensions.http` is for the server that answers, not for the client. */
function withoutHttp(formatted: GraphQLFormattedError): GraphQLFormattedError {
  if (formatted.extensions?.http === undefined) return formatted;
  const { http: _, ...extensions } = formatted.extensions;
  return { ...formatted, extensions };
}
