import { randomUUID } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { lockFile } from '../../platform/state/src/file-lock.ts';
import { createPrivateDirectory, createPrivateFile } from '../../platform/state/src/private-file.ts';
import { readMigrations } from '../../prisma/src/migrations.ts';
import { BackupError } from './failure.ts';
import { describePart, type Manifest, type Part } from './manifest.ts';

const LOCK = 'lock';
const BUS = 'bus/bus.db';
/** What is made anew at each start, and what is beside a database only while it is open. */
const LEFT_OUT = [
  /^lock$/,
  /^run\//,
  /^peer\/daemon\.lock$/,
  /-(wal|shm|journal|wake)$/,
  /^\.(restoring|restored-over)-/,
];
/** The databases whose migrations are in `prisma/`. */
const OF_PRISMA = new Set(['giggityflix.db', 'identity.db']);
const SQLITE_HEADER = 'SQLite format 3\0';

/** Copies a data folder, also while the platform runs on it: everything as it was at one moment. */
export async function backUpDataFolder(dataDir: string, folder: string): Promise<Part[]> {
  if (!existsSync(dataDir))
    throw new BackupError(`${dataDir} does not exist: set STACK_DATA_DIR to the folder that npm start uses`);
  const paths = filesIn(dataDir).filter((path) => !LEFT_OUT.some((pattern) => pattern.test(path)));
  if (paths.length === 0) throw new BackupError(`${dataDir} holds nothing to back up`);
  const databases = paths.filter((path) => isSqlite(join(dataDir, path)));
  const snapshots = takeSnapshots(dataDir, databases);
  const parts: Part[] = [];
  try {
    for (const path of paths) {
      createPrivateDirectory(dirname(join(folder, path)));
      const target = join(folder, path);
      const snapshot = snapshots.get(path);
      if (!snapshot) {
        copyFileSync(join(dataDir, path), target);
        parts.push(await describePart(folder, { kind: 'file', path }));
        continue;
      }
      await snapshot.backup(target);
      const migrations = snapshot.pragma('user_version', { simple: true }) as number;
      parts.push(await describePart(folder, { kind: 'sqlite', path, migrations }));
    }
  } finally {
    for (const snapshot of snapshots.values()) snapshot.close();
  }
  return parts;
}

/**
 * Connections that all see one moment. While they are opened nobody writes to the bus: what a consumer has done before is
 * in its store, and what it had not yet confirmed to the bus is delivered to the restored one again.
 */
function takeSnapshots(dataDir: string, paths: readonly string[]): Map<string, Database.Database> {
  const writer = paths.includes(BUS) ? new Database(join(dataDir, BUS), { timeout: 30_000 }) : null;
  const snapshots = new Map<string, Database.Database>();
  try {
    const opened = paths.map(
      (path) => [path, new Database(join(dataDir, path), { readonly: true })] as const,
    );
    writer?.exec('BEGIN IMMEDIATE');
    for (const [path, database] of opened) {
      snapshots.set(path, database);
      database.exec('BEGIN');
      // A transaction sees what was there at its first statement.
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
    }
    writer?.exec('ROLLBACK');
  } finally {
    writer?.close();
  }
  return snapshots;
}

/**
 * Puts a verified backup into a data folder. What was there is moved to a folder in it, whose path is returned; null
 * where there was nothing.
 *
 * @throws BackupError where the platform runs there, or something is there and `force` is not set.
 */
export async function restoreDataFolder(
  dataDir: string,
  from: string,
  { manifest, force }: { manifest: Manifest; force: boolean },
): Promise<string | null> {
  checkDatabases(from, manifest);
  const present = existsSync(dataDir) ? readdirSync(dataDir).filter((name) => name !== LOCK) : [];
  // Asked for only where there is a lock: a refusal changes nothing.
  const release = existsSync(join(dataDir, LOCK)) ? lockFile(join(dataDir, LOCK)) : () => {};
  if (!release) throw new BackupError(`the platform runs on ${dataDir}: stop it first`);
  try {
    if (present.length > 0 && !force)
      throw new BackupError(
        `${dataDir} is not empty: set STACK_DATA_DIR to another folder, or add --force, which moves what is there aside`,
      );
    createPrivateDirectory(dataDir);
    const staged = join(dataDir, `.restoring-${randomUUID()}`);
    const replaced = join(dataDir, `.restored-over-${new Date().toISOString().replaceAll(':', '-')}`);
    try {
      for (const { path } of manifest.parts) {
        const target = join(staged, path);
        createPrivateDirectory(dirname(target));
        copyFileSync(join(from, path), target);
        // The copy has the rights that the backup's file has by now.
        createPrivateFile(target);
      }
    } catch (error) {
      rmSync(staged, { recursive: true, force: true });
      throw error;
    }
    if (present.length > 0) mkdirSync(replaced, { mode: 0o700 });
    for (const name of present) renameSync(join(dataDir, name), join(replaced, name));
    for (const name of readdirSync(staged)) renameSync(join(staged, name), join(dataDir, name));
    rmSync(staged, { recursive: true });
    return present.length > 0 ? replaced : null;
  } finally {
    release();
  }
}

/** @throws BackupError for a database that is damaged, or that a newer release wrote. */
function checkDatabases(from: string, { parts }: Manifest): void {
  const known = readMigrations('sqlite').length;
  for (const { kind, path, migrations } of parts) {
    if (kind !== 'sqlite') continue;
    if (OF_PRISMA.has(basename(path)) && Number(migrations) > known)
      throw new BackupError(`${path} has migrations that this release does not know: update first`);
    // In memory, as opening the file would change what stands beside it.
    const database = new Database(inRollbackMode(readFileSync(join(from, path))));
    try {
      const found = database.pragma('quick_check(1)', { simple: true });
      if (found !== 'ok') throw new BackupError(`${path} is damaged: ${String(found)}`);
    } finally {
      database.close();
    }
  }
}

/** A database in memory has no write-ahead log: bytes 18 and 19 of its header say so. */
function inRollbackMode(bytes: Buffer): Buffer {
  bytes[18] = 1;
  bytes[19] = 1;
  return bytes;
}

function isSqlite(file: string): boolean {
  const head = Buffer.alloc(SQLITE_HEADER.length);
  const opened = openSync(file, 'r');
  try {
    readSync(opened, head, 0, head.length, 0);
  } finally {
    closeSync(opened);
  }
  return head.toString('latin1') === SQLITE_HEADER;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
