// biome-ignore lint/suspicious/noExplicitAny: answers are read, not typed
type Data = any;

/** What came of a request: its data, or why there is none. */
export type Answer =
  | { readonly kind: 'data'; readonly data: Data; readonly sentAt: number; readonly answeredAt: number }
  | { readonly kind: 'failed'; readonly code: string; readonly sentAt: number; readonly answeredAt: number };

export interface Client {
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
}

/** After that a viewer gives up and tries again. */
const TIMEOUT_MS = 10_000;

/** GraphQL over HTTP by `fetch` alone; every failure is an answer. */
export function createClient(origin: string, token?: () => string): Client {
  return {
    async ask(query, variables) {
      const sentAt = Date.now();
      const failed = (code: string): Answer => ({ kind: 'failed', code, sentAt, answeredAt: Date.now() });
      try {
        const response = await fetch(`${origin}/graphql`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(token ? { authorization: `Bearer ${token()}` } : {}),
          },
          body: JSON.stringify({ query, variables }),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const body = (await response.json()) as {
          data?: Data;
          errors?: { message: string; extensions?: { code?: string } }[];
        };
        const [error] = body.errors ?? [];
        if (error) return failed(error.extensions?.code ?? error.message);
        if (!body.data) return failed(`HTTP ${response.status}`);
        return { kind: 'data', data: body.data, sentAt, answeredAt: Date.now() };
      } catch (error) {
        return failed(error instanceof Error ? error.name : 'unknown');
      }
    },
  };
}
