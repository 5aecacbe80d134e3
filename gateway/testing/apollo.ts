import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';

/** Apollo's client as an application would make it. */
export function apolloClient(
  url: string,
  options: { headers?: Record<string, string>; incrementalHandler?: object } = {},
): ApolloClient {
  const { headers, incrementalHandler } = options;
  return new ApolloClient({
    link: new HttpLink({ uri: `${url}/graphql`, ...(headers && { headers }) }),
    cache: new InMemoryCache(),
    ...(incrementalHandler && { incrementalHandler: incrementalHandler as never }),
  });
}
