import { type ClientError, clientError } from '../errors.ts';

/**
 * What clients get of the errors of a subgraph: all of them (`pass`), without details of its own (`redact`), or only that
 * and where there are some (`mask`).
 */
export const ERROR_POLICIES = ['pass', 'redact', 'mask'] as const;
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];

export interface ErrorPolicies {
  /** Of subgraphs that are not named. */
  readonly others: ErrorPolicy;
  readonly named: ReadonlyMap<string, ErrorPolicy>;
}

/** Makes what clients get of the errors in a subgraph's answer; those of events have no request. */
export type ShownErrors = (
  subgraph: string,
  errors: readonly ClientError[],
  requestId: string | undefined,
) => readonly ClientError[];

export const passErrors: ShownErrors = (_subgraph, errors) => errors;

/** Codes that clients act on: they sign in, or do not ask again. */
const KEPT_CODES: ReadonlySet<unknown> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

/** `onHidden` is called with errors that clients do not get as they are. */
export function createShownErrors(
  { others, named }: ErrorPolicies,
  onHidden: (subgraph: string, errors: readonly ClientError[], requestId: string | undefined) => void,
): ShownErrors {
  return (subgraph, errors, requestId) => {
    if (errors.length === 0) return errors;
    const policy = named.get(subgraph) ?? others;
    if (policy === 'pass') return errors;
    onHidden(subgraph, errors, requestId);
    return errors.map((error) => (policy === 'redact' ? redacted(error) : masked(error, subgraph)));
  };
}

function redacted({ message, path, extensions }: ClientError): ClientError {
  const code = extensions?.code;
  return { message, ...(path && { path }), ...(code !== undefined && { extensions: { code } }) };
}

function masked({ path, extensions }: ClientError, subgraph: string): ClientError {
  const code = KEPT_CODES.has(extensions?.code) ? String(extensions!.code) : 'DOWNSTREAM_SERVICE_ERROR';
  return clientError(code, `the ${subgraph} subgraph reported an error`, path ? { path } : {});
}
