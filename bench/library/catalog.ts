import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
const WITHIN_MS = 900_000;

/** What clients of the gateway see of the titles that can be watched. */
export function createCatalogView(gatewayPort: number) {
  async function ask<T>(fields: string, search: string): Promise<T | undefined> {
    const response = await fetch(`http://127.0.0.1:${gatewayPort}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `query ($search: String!) { titles(first: 1, filter: { search: $search, available: true }) { ${fields} } }`,
        variables: { search },
      }),
    });
    const { data } = (await response.json()) as { data?: { titles: T } };
    return data?.titles;
  }

  async function count(search: string): Promise<number> {
    return (await ask<{ totalCount: number }>('totalCount', search))?.totalCount ?? -1;
  }

  /** The ids of the files of the title with these words, joined. */
  async function fileOf(search: string): Promise<string> {
    const titles = await ask<{ edges: { node: { files: { catalogId: string }[] } }[] }>(
      'edges { node { files { catalogId } } }',
      search,
    );
    return titles?.edges.flatMap(({ node }) => node.files.map(({ catalogId }) => catalogId)).join() ?? '';
  }

  /** Resolves once it is so; how long that took, in milliseconds. */
  async function once(isSo: () => Promise<boolean>, what: string, pollMs = POLL_MS): Promise<number> {
    const startedAt = performance.now();
    while (performance.now() - startedAt < WITHIN_MS) {
      if (await isSo()) return performance.now() - startedAt;
      await sleep(pollMs);
    }
    throw new Error(`${what} after ${WITHIN_MS} ms`);
  }

  return {
    fileOf,
    /** Resolves once so many titles have these words; how long that took, in milliseconds. */
    until: (search: string, wanted: number, pollMs?: number) =>
      once(
        async () => (await count(search)) === wanted,
        `there are not ${wanted} titles with "${search}"`,
        pollMs,
      ),
    /** Resolves once the title with these words has one other file alone; how long that took, in milliseconds. */
    untilReplaced: (search: string, former: string) =>
      once(async () => {
        const now = await fileOf(search);
        return now !== '' && now !== former && !now.includes(',');
      }, `"${search}" has its former file`),
  };
}

export type CatalogView = ReturnType<typeof createCatalogView>;
