/** Most ids of one query: well below SQLite's 32,766 parameters of a statement, and PostgreSQL's 65,535. */
export const MAX_IDS_PER_QUERY = 500;

/** What `read` finds of all ids, asked for in queries of at most {@link MAX_IDS_PER_QUERY}, one after another. */
export async function inChunks<Id, Row>(
  ids: readonly Id[],
  read: (some: Id[]) => Promise<Row[]>,
  size = MAX_IDS_PER_QUERY,
): Promise<Row[]> {
  if (ids.length <= size) return ids.length === 0 ? [] : read([...ids]);
  const found: Row[] = [];
  for (let from = 0; from < ids.length; from += size)
    for (const row of await read(ids.slice(from, from + size))) found.push(row);
  return found;
}
