import { parentPort, workerData } from 'node:worker_threads';
import { migrateSqlite, openSqlite } from '../src/sqlite.ts';

// Opens each file in the same moment as the other openers do, and reports what went wrong with one, or null.
const { paths, arrived, openers } = workerData as { paths: string[]; arrived: Int32Array; openers: number };
let failure: string | null = null;
for (const [index, path] of paths.entries()) {
  Atomics.add(arrived, index, 1);
  while (Atomics.load(arrived, index) < openers);
  try {
    const database = openSqlite(path);
    migrateSqlite(database, ['CREATE TABLE a (n INTEGER)']);
    database.close();
  } catch (error) {
    failure ??= (error as Error).message;
  }
}
parentPort?.postMessage(failure);
