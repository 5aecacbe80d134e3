import type { Database, Prisma } from '@giggityflix/prisma';
import type { SearchDocument } from './document.ts';
import type { SearchGroup } from './query.ts';

/** A client, or one in a transaction. */
export type SearchClient = Prisma.TransactionClient;

/** Documents (`s`) that have a term of each group, as parts of a query. */
export interface Matching {
  from: Prisma.Sql;
  where: Prisma.Sql;
  /** The rank of a document, by which the database finds them in order. */
  rank: Prisma.Sql;
}

/** Where terms are looked for: in names alone, everywhere, or everywhere but not in names alone. */
export type SearchScope = 'names' | 'all' | 'beyond_names';

/** What is written to the index of a database. */
export interface SearchWrites {
  /** Writes a document over its former one, if there is one. */
  write(transaction: SearchClient, document: SearchDocument, isKnown: boolean): Promise<void>;
  addWords(transaction: SearchClient, words: readonly string[]): Promise<void>;
}

/** The index of a database, in which the two differ. No term that it is given has other characters than letters and digits. */
export interface SearchIndex extends SearchWrites {
  /** Makes what depends on what the database allows, after its tables are there. */
  prepare(database: Database): Promise<void>;
  matching(groups: readonly SearchGroup[], scope: SearchScope): Matching;
  /** Those of the words that no title has. */
  unused(client: SearchClient, words: readonly string[]): Promise<string[]>;
  /** Known words with many parts of `word`, at most `max`. */
  alike(client: SearchClient, word: string, max: number): Promise<string[]>;
}
