import { createGraphQLClient } from '@giggityflix/player';

/** The gateway that serves this page. */
export const graphql = createGraphQLClient({ url: new URL('/graphql', location.href).href });

export const { request, subscribe, onReconnected } = graphql;
