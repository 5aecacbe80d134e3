import { badInput } from '@giggityflix/graphql';
import { z } from 'zod';

const MAX_PAGE = 100;
const MAX_CURSOR_LENGTH = 500;

/** What a cursor names: the time at which something was made, in milliseconds, and its id. */
const position = z.tuple([z.int().min(0).max(8.64e15), z.string().min(1).max(200)]);

interface Placed {
  id: string;
  createdAt: Date;
}

/**
 * A page of a list; `read` is asked for one more, which says whether there are others.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function pageOf<T extends Placed>(
  { first, after }: { first: number; after?: string | null | undefined },
  read: (page: { first: number; after: Placed | null }) => Promise<T[]>,
) {
  if (first < 1 || first > MAX_PAGE) throw badInput(`first is 1 to ${MAX_PAGE}, not ${first}`);
  const found = await read({ first: first + 1, after: after == null ? null : decode(after) });
  const edges = found.slice(0, first).map((node) => ({ cursor: encode(node), node }));
  return {
    edges,
    pageInfo: { hasNextPage: found.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

function encode({ id, createdAt }: Placed): string {
  return Buffer.from(JSON.stringify([createdAt.getTime(), id])).toString('base64url');
}

function decode(cursor: string): Placed {
  try {
    const text = Buffer.from(cursor.slice(0, MAX_CURSOR_LENGTH), 'base64url').toString();
    const [at, id] = position.parse(JSON.parse(text));
    return { id, createdAt: new Date(at) };
  } catch {
    throw badInput('after is not a cursor of this list');
  }
}
