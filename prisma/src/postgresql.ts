import type { Logger } from '@giggityflix/kernel';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client, Pool } from 'pg';
import type { Database } from './database.ts';
import { PrismaClient as PostgresqlClient } from './generated/postgresql/client.ts';
import type { PrismaClient } from './generated/sqlite/client.ts';
import { readMigrations } from './migrations.ts';

/** Names the advisory lock under which migrations run: the ASCII codes of "gigflix". */
const MIGRATION_LOCK = '29107520316699000';
const CONNECT_TIMEOUT_MS = 5_000;
/** Most statements that a connection keeps prepared. */
const MAX_PREPARED = 200;

export async function openPostgresql(options: {
  url: string;
  poolSize: number;
  prepares: boolean;
  logger: Logger;
}): Promise<Database> {
  const { url, poolSize, prepares, logger } = options;
  await migrate(url, logger);
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // One that breaks after it was handed out, and before anything listens to it, would end the process.
  pool.on('connect', outliveBreaks);
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    onPoolError: (error) => logger.warn({ err: error }, 'a database connection broke'),
    ...(prepares && { statementNameGenerator: createStatementNames() }),
  });
  const client = new PostgresqlClient({ adapter, errorFormat: 'minimal' });
  await client.$connect();
  return {
    provider: 'postgresql',
    client: client as unknown as PrismaClient,
    close: () => client.$disconnect(),
    async check() {
      await client.$queryRaw`SELECT 1`;
    },
  };
}

/**
 * Names for the first statements that come. Those of which there are many, such as ones with lists of any length, find no
 * room: each would be kept by every connection.
 */
function createStatementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // An empty name is that of a statement that is not kept.
    if (names.size >= MAX_PREPARED) return '';
    const name = `s${names.size}`;
    names.set(sql, name);
    return name;
  };
}

/** Applies what is missing in one transaction under an advisory lock, which ends with it. */
async function migrate(url: string, logger: Logger): Promise<void> {
  const migrations = readMigrations('postgresql');
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  outliveBreaks(client);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await client.query(
      'CREATE TABLE IF NOT EXISTS "SchemaMigration" ("name" TEXT PRIMARY KEY, "appliedAt" TIMESTAMPTZ NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string }>('SELECT "name" FROM "SchemaMigration"');
    const applied = new Set(rows.map(({ name }) => name));
    const newer = [...applied].filter((name) => !migrations.some((known) => known.name === name));
    // Processes of two versions run side by side while a release is rolled out or back; migrations only add.
    if (newer.length > 0) logger.warn({ migrations: newer }, 'the database is that of a newer version');
    for (const { name, sql } of migrations) {
      if (applied.has(name)) continue;
      await client.query(sql);
      await client.query('INSERT INTO "SchemaMigration" ("name") VALUES ($1)', [name]);
      logger.info({ migration: name }, 'migrated the database');
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** What is asked of a broken connection fails; that it broke is nothing more. */
function outliveBreaks(connection: Pick<Client, 'on'>): void {
  connection.on('error', () => {});
}
