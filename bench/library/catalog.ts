import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
const WITHIN_MS = 900_000;

/** What clients of the gateway see of the titles that can be watched. */
export function createCatalogView(gatewayPort: number) {
  async function count(search: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${gatewayPort}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          'query ($search: String!) { titles(first: 1, filter: { search: $search, available: true }) { totalCount } }',
        variables: { search },
      }),
    });
    const { data } = (await response.json()) as { data?: { titles: { totalCount: number } } };
    return data?.titles.totalCount ?? -1;
  }
  return {
    count,
    /** Resolves once so many titles have these words; how long that took, in milliseconds. */
    async until(search: string, wanted: number, pollMs = POLL_MS): Promise<number> {
      const startedAt = performance.now();
      while (performance.now() - startedAt < WITHIN_MS) {
        if ((await count(search)) === wanted) return performance.now() - startedAt;
        await sleep(pollMs);
      }
      throw new Error(`there are not ${wanted} titles with "${search}" after ${WITHIN_MS} ms`);
    },
  };
}

export type CatalogView = ReturnType<typeof createCatalogView>;
