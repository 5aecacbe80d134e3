import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrateSqlite, openSqlite } from './sqlite.ts';

const OPENERS = 3;
const OPENER = new URL('../testing/sqlite-opener.ts', import.meta.url);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'giggityflix-sqlite-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a SQLite file', () => {
  const first = 'CREATE TABLE a (n INTEGER)';
  const second = 'INSERT INTO a VALUES (2)';

  it('is made with its directory, and read while it is written', () => {
    const path = join(directory, 'new', 'data.sqlite');
    const writer = openSqlite(path);
    const reader = openSqlite(path);
    migrateSqlite(writer, [first]);
    writer.exec('BEGIN IMMEDIATE; INSERT INTO a VALUES (1)');
    expect(reader.prepare('SELECT count(*) AS n FROM a').get()).toEqual({ n: 0 });
    writer.exec('COMMIT');
    expect(reader.prepare('SELECT count(*) AS n FROM a').get()).toEqual({ n: 1 });
    writer.close();
    reader.close();
  });

  it('keeps few of its pages in memory', () => {
    const database = openSqlite(join(directory, 'data.sqlite'));
    expect(database.pragma('cache_size', { simple: true })).toBe(-2_000);
    database.close();
  });

  it('is opened by many at the moment it is made', async () => {
    const paths = Array.from({ length: 40 }, (_, index) => join(directory, `${index}.sqlite`));
    const arrived = new Int32Array(new SharedArrayBuffer(4 * paths.length));
    const openers = Array.from(
      { length: OPENERS },
      () => new Worker(OPENER, { workerData: { paths, arrived, openers: OPENERS } }),
    );
    const outcomes = openers.map(async (opener) => (await once(opener, 'message'))[0]);
    expect(await Promise.all(outcomes)).toEqual(Array(OPENERS).fill(null));
  });

  it('gets each migration once', () => {
    const db = openSqlite(join(directory, 'data.sqlite'));
    migrateSqlite(db, [first]);
    migrateSqlite(db, [first, second]);
    migrateSqlite(db, [first, second]);
    expect(db.prepare('SELECT n FROM a').all()).toEqual([{ n: 2 }]);
    db.close();
  });

  it('stays as it was when a migration fails', () => {
    const db = openSqlite(join(directory, 'data.sqlite'));
    expect(() => migrateSqlite(db, [first, 'nonsense'])).toThrow();
    expect(db.pragma('user_version', { simple: true })).toBe(0);
    migrateSqlite(db, [first]);
    db.close();
  });

  it('of a newer version is refused', () => {
    const db = openSqlite(join(directory, 'data.sqlite'));
    migrateSqlite(db, [first, second]);
    expect(() => migrateSqlite(db, [first])).toThrow(/written by a newer version/);
    db.close();
  });
});
