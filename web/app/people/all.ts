import { request } from '../graphql.ts';
import type { PageOf } from './operations.ts';

const PAGE_SIZE = 100;
/** More of a list than a page shows. */
const MOST = 1_000;

/** All of a list of the API, up to a thousand. */
export async function all<T>(document: string): Promise<T[]> {
  const found: T[] = [];
  for (let after: string | null = null; found.length < MOST; ) {
    const { page }: PageOf<T> = await request<PageOf<T>>(document, { first: PAGE_SIZE, after });
    found.push(...page.edges.map(({ node }) => node));
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  return found;
}
