import { request } from '../graphql.ts';
import type { Operation } from '../operation.ts';

/** A part of a list, and whether there is more. */
interface Part<T> {
  page: { edges: { node: T }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

const PAGE_SIZE = 100;
/** More of a list than a page shows. */
const MOST = 1_000;

/** All of a list of the API, up to a thousand. */
export async function all<T>(
  operation: Operation<Part<T>, { first: number; after?: string | null | undefined }>,
): Promise<T[]> {
  const found: T[] = [];
  for (let after: string | null = null; found.length < MOST; ) {
    const { page }: Part<T> = await request(operation, { first: PAGE_SIZE, after });
    found.push(...page.edges.map(({ node }) => node));
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  return found;
}
