import { readdirSync, readFileSync } from 'node:fs';

export type Provider = 'sqlite' | 'postgresql';

export interface Migration {
  name: string;
  sql: string;
}

/** The migrations of one kind of database, in the order they apply; released ones are never edited. */
export function readMigrations(provider: Provider): readonly Migration[] {
  const folder = new URL(`../migrations/${provider}/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.sql'.length),
      sql: readFileSync(new URL(file, folder), 'utf8'),
    }));
}
