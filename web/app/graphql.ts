import { createGraphQLClient, GraphQLRequestError } from '@giggityflix/player';
import type { Operation } from './operation.ts';
import { session } from './sign-in/session.ts';

/** The gateway that serves this page. */
export const graphql = createGraphQLClient({
  url: new URL('/graphql', location.href).href,
  bearer: async () => (await session).bearer(),
  onRefused: async (token) => (await session).replace(token),
});

const refusals = new Set<() => void>();

/** Calls back when the API wants to know who asks. */
export function onSignInNeeded(listener: () => void): void {
  refusals.add(listener);
}

type Options = Parameters<typeof graphql.request>[2];

/** Variables may be left out where none has to be given. */
type Given<Variables> =
  Record<never, never> extends Variables
    ? [variables?: Variables, options?: Options]
    : [variables: Variables, options?: Options];

/** @throws GraphQLRequestError with the code of the first error, or NETWORK. */
export async function request<Result, Variables extends Record<string, unknown>>(
  operation: Operation<Result, Variables>,
  ...[variables, options]: Given<Variables>
): Promise<Result> {
  try {
    return await graphql.request<Result>(operation, variables, options);
  } catch (error) {
    if (error instanceof GraphQLRequestError && error.code === 'UNAUTHENTICATED')
      for (const listener of refusals) listener();
    throw error;
  }
}

/** Calls back with every event until the returned function is called. */
export function subscribe<Result, Variables extends Record<string, unknown>>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  handlers: { next(event: Result): void; error?(message: string): void },
): () => void {
  return graphql.subscribe<Result>(operation, variables, handlers);
}

export const { onReconnected } = graphql;
