import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFile } from './file-lock.ts';
import { createPrivateDirectory } from './private-file.ts';
import { openSqlite } from './sqlite.ts';

let folder: string;
let umask: number;
beforeEach(() => {
  umask = process.umask(0);
  folder = mkdtempSync(join(tmpdir(), 'giggityflix-private-'));
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

const rightsOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const rightsIn = (directory: string) =>
  Object.fromEntries(readdirSync(directory).map((name) => [name, rightsOf(join(directory, name))]));

describe('files of the state', () => {
  it('are for their owner alone, whatever the umask', () => {
    const data = join(folder, 'a', 'b');
    const database = openSqlite(join(data, 'state.db'));
    database.exec('CREATE TABLE t (n); INSERT INTO t VALUES (1)');
    const unlock = lockFile(join(data, 'lock'));
    expect(rightsIn(data)).toEqual({
      lock: '600',
      'state.db': '600',
      'state.db-shm': '600',
      'state.db-wal': '600',
    });
    expect([rightsOf(data), rightsOf(join(folder, 'a'))]).toEqual(['700', '700']);
    unlock?.();
    database.close();
  });

  it('that an earlier version left readable are made private, and the folder they are in is not', () => {
    const path = join(folder, 'state.db');
    const earlier = openSqlite(path);
    earlier.exec('CREATE TABLE t (n)');
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
    chmodSync(folder, 0o755);
    const database = openSqlite(path);
    expect(new Set(Object.values(rightsIn(folder)))).toEqual(new Set(['600']));
    expect(rightsOf(folder)).toBe('755');
    database.close();
    earlier.close();
  });

  it('lie in a folder that is private where it is the platform’s own', () => {
    const data = join(folder, 'data');
    mkdirSync(data, { mode: 0o755 });
    writeFileSync(join(data, 'kept'), '');
    createPrivateDirectory(data);
    createPrivateDirectory(join(data, 'new'));
    expect([rightsOf(data), rightsOf(join(data, 'new'))]).toEqual(['700', '700']);
  });
});
