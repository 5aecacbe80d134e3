import { SERVICE_TOKEN, type TestIdentity } from './harness.ts';

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: as shaped as the operation
  data: any;
  /** Codes of the errors. */
  codes: string[];
  status: number;
}

/** Asks the subgraph of a running service. */
export async function ask(
  { issuer }: Pick<TestIdentity, 'issuer'>,
  token: string | null,
  query: string,
  variables: object = {},
): Promise<Answer> {
  const response = await fetch(`${issuer}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-service-token': SERVICE_TOKEN,
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data = null, errors = [] } = (await response.json()) as {
    data?: unknown;
    errors?: { extensions: { code: string } }[];
  };
  return { data, codes: errors.map(({ extensions }) => extensions.code), status: response.status };
}
