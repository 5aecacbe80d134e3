import Database from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { silent } from '../../testing/harness.ts';
import { createAutomaticScreenshots } from './automatic.ts';

it('takes pictures once reading is over, even if it ends while it looks', async () => {
  const database = new Database(':memory:');
  database.exec(`CREATE TABLE content (catalog_id BLOB, artwork_tried INTEGER);
    CREATE TABLE files (catalog_id BLOB, state TEXT);
    INSERT INTO content VALUES (x'abababababababababababababababababababababababababababababababab', 0);
    INSERT INTO files VALUES (x'abababababababababababababababababababababababababababababababab', 'shared');`);
  let reading = true;
  const taken: string[] = [];
  const automatic = createAutomaticScreenshots(
    { count: 1 },
    {
      database,
      logger: silent,
      screenshots: { available: async () => true, capture: async () => [] },
      isIdle: () => !reading,
      onPictures: (catalogId) => taken.push(catalogId),
    },
  );
  automatic.pump();
  await Promise.resolve();
  // The look has found reading under way, and has not ended.
  automatic.pump();
  reading = false;
  await expect.poll(() => taken).toEqual(['ab'.repeat(32)]);
  await automatic.stop();
});

it('takes none while the edge is still to take what is more urgent', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const database = new Database(':memory:');
  database.exec(`CREATE TABLE content (catalog_id BLOB, artwork_tried INTEGER);
    CREATE TABLE files (catalog_id BLOB, state TEXT);
    INSERT INTO content VALUES (x'abababababababababababababababababababababababababababababababab', 0);
    INSERT INTO files VALUES (x'abababababababababababababababababababababababababababababababab', 'shared');`);
  let behind = true;
  const taken: string[] = [];
  const automatic = createAutomaticScreenshots(
    { count: 1 },
    {
      database,
      logger: silent,
      screenshots: { available: async () => true, capture: async () => [] },
      isIdle: () => true,
      isBehind: () => behind,
      onPictures: (catalogId) => taken.push(catalogId),
    },
  );
  automatic.pump();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(taken).toEqual([]);
  behind = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(taken).toEqual(['ab'.repeat(32)]);
  await automatic.stop();
});
