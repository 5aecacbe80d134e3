import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { readMigrations } from '../../prisma/src/migrations.ts';
import { BackupError } from './failure.ts';

const run = promisify(execFile);

/** The password goes by the environment, as everyone sees the arguments of a process. */
function connectionOf(url: string): { dbname: string; env: NodeJS.ProcessEnv } {
  const parsed = new URL(url);
  const password = decodeURIComponent(parsed.password);
  parsed.password = '';
  // Of Prisma, and unknown to libpq.
  for (const name of ['schema', 'connection_limit', 'pool_timeout', 'pgbouncer'])
    parsed.searchParams.delete(name);
  return { dbname: parsed.href, env: { ...process.env, ...(password ? { PGPASSWORD: password } : {}) } };
}

async function program(name: 'pg_dump' | 'pg_restore', url: string, args: readonly string[]): Promise<void> {
  const { dbname, env } = connectionOf(url);
  try {
    await run(name, [...args.slice(0, -1), `--dbname=${dbname}`, ...args.slice(-1)], { env });
  } catch (error) {
    const { code, stderr, message } = error as Error & { code?: unknown; stderr?: string };
    throw new BackupError(
      code === 'ENOENT'
        ? `${name} is not installed: it is in PostgreSQL's client package, of the server's version or newer`
        : `${name} failed: ${stderr?.trim() || message}`,
    );
  }
}

async function withClient<T>(name: string, url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'backup',
  });
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`the database of ${name}: ${(error as Error).message}`);
  } finally {
    await client.end().catch(() => {});
  }
}

export async function dumpDatabase(name: string, url: string, file: string): Promise<string[]> {
  const migrations = await withClient(name, url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'SELECT "name" FROM "SchemaMigration" ORDER BY "name"',
    );
    return rows.map((row) => row.name);
  });
  await program('pg_dump', url, ['--format=custom', '--no-owner', '--no-privileges', `--file=${file}`]);
  return migrations;
}

/** @throws BackupError where the database is used, is not empty and `force` is not set, or would be newer than this release. */
export async function checkDatabase(
  name: string,
  url: string,
  { force, migrations }: { force: boolean; migrations: readonly string[] },
): Promise<void> {
  const known = new Set(readMigrations('postgresql').map((migration) => migration.name));
  const unknown = migrations.filter((migration) => !known.has(migration));
  if (unknown.length > 0)
    throw new BackupError(
      `the database of ${name} has migrations that this release does not know (${unknown.join(', ')}): update first`,
    );
  await withClient(name, url, async (client) => {
    const { rows: others } = await client.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND backend_type = 'client backend'`,
    );
    if (others.length > 0)
      throw new BackupError(
        `${others.length} programs are connected to the database of ${name}: stop all services first`,
      );
    const { rows: tables } = await client.query(
      "SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1",
    );
    if (tables.length > 0 && !force)
      throw new BackupError(`the database of ${name} is not empty: add --force to replace what is in it`);
  });
}

/** Replaces what a database has; what was there is put aside meanwhile, and back where that fails. */
export async function loadDatabase(name: string, url: string, file: string): Promise<void> {
  const aside = `before_restore_${Date.now()}`;
  const change = (sql: string) => withClient(name, url, (client) => client.query(sql));
  await change(`BEGIN; ALTER SCHEMA public RENAME TO ${aside}; CREATE SCHEMA public; COMMIT`);
  try {
    // A dump makes the schema itself only where its owner is not the initial one.
    await program('pg_restore', url, [
      '--no-owner',
      '--no-privileges',
      '--single-transaction',
      '--exit-on-error',
      '--schema=public',
      file,
    ]);
  } catch (error) {
    await change(`BEGIN; DROP SCHEMA public CASCADE; ALTER SCHEMA ${aside} RENAME TO public; COMMIT`);
    throw error;
  }
  await change(`DROP SCHEMA ${aside} CASCADE`);
}
