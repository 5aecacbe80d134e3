import { createGraphQLClient, GraphQLRequestError } from '@giggityflix/player';
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

export const request: typeof graphql.request = async (...given) => {
  try {
    return await graphql.request(...given);
  } catch (error) {
    if (error instanceof GraphQLRequestError && error.code === 'UNAUTHENTICATED')
      for (const listener of refusals) listener();
    throw error;
  }
};

export const { subscribe, onReconnected } = graphql;
