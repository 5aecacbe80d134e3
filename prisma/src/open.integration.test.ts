import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from './index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

describe('a SQLite database', () => {
  let folder: string;
  let url: string;
  let database: Database;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'prisma-'));
    url = `file:${join(folder, 'deep', 'test.db')}`;
    database = await openDatabase({ url, logger });
  });
  afterEach(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const wish = (catalogId: string) => ({
    catalogId,
    isAvailable: false,
    peerCount: 0,
    changedAt: new Date(0),
  });

  test('keeps numbers beyond 32 bits, JSON, bytes and dates', async () => {
    const { client } = database;
    await client.fileAvailability.create({ data: wish('a') });
    await client.title.create({
      data: { id: 't', name: 'T', sortKey: 't', searchText: ' t ', kind: 'MOVIE', addedAt: new Date(5) },
    });
    await client.mediaFile.create({
      data: {
        catalogId: 'a',
        titleId: 't',
        name: 'a.mp4',
        sizeBytes: 2n ** 40n,
        hashes: { md5: '00' },
        describedBy: 'p',
        describedAt: new Date(7),
        addedAt: new Date(7),
      },
    });
    await client.artwork.create({
      data: {
        catalogId: 'a',
        index: 0,
        mimeType: 'image/png',
        width: 1,
        height: 1,
        atSeconds: 1.5,
        digest: 'd',
        data: Buffer.from([1, 2, 255]),
        updatedAt: new Date(),
      },
    });
    const file = await client.mediaFile.findUniqueOrThrow({ where: { catalogId: 'a' } });
    expect(file).toMatchObject({ sizeBytes: 2n ** 40n, hashes: { md5: '00' }, addedAt: new Date(7) });
    const artwork = await client.artwork.findFirstOrThrow();
    expect([...artwork.data]).toEqual([1, 2, 255]);
  });

  test('is one connection for all who open it in a process, until the last of them closes it', async () => {
    const second = await openDatabase({ url, logger });
    expect(second.client).toBe(database.client);
    await second.close();
    await second.close();
    await expect(database.check()).resolves.toBeUndefined();
  });

  test('does not undo a write that merely happened beside a failed transaction', async () => {
    const { client } = database;
    const begun = Promise.withResolvers<void>();
    const failing = client.$transaction(async (transaction) => {
      await transaction.fileAvailability.create({ data: wish('undone') });
      begun.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('changed my mind');
    });
    await begun.promise;
    const beside = client.fileAvailability.create({ data: wish('kept') });
    await expect(failing).rejects.toThrow('changed my mind');
    await beside;
    expect((await client.fileAvailability.findMany()).map(({ catalogId }) => catalogId)).toEqual(['kept']);
  });

  test('serialises transactions that read before they write', async () => {
    const { client } = database;
    await client.fileAvailability.create({ data: wish('a') });
    const increment = () =>
      client.$transaction(async (transaction) => {
        const { peerCount } = await transaction.fileAvailability.findUniqueOrThrow({
          where: { catalogId: 'a' },
        });
        await transaction.fileAvailability.update({
          where: { catalogId: 'a' },
          data: { peerCount: peerCount + 1 },
        });
      });
    await Promise.all(Array.from({ length: 10 }, increment));
    const row = await client.fileAvailability.findUniqueOrThrow({ where: { catalogId: 'a' } });
    expect(row.peerCount).toBe(10);
  });

  test('is migrated and written by several processes that start at once', async () => {
    const fresh = `file:${join(folder, 'fresh.db')}`;
    const script = `
      const { openDatabase } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
      const { createLogger } = await import('@giggityflix/kernel');
      const database = await openDatabase({ url: process.argv[1], logger: createLogger({ service: 'test' }) });
      for (let n = 0; n < 20; n++)
        await database.client.$transaction(async (t) => {
          await t.fileAvailability.count();
          await t.fileAvailability.create({ data: { catalogId: process.pid + '-' + n, changedAt: new Date() } });
        });
      await database.close();
    `;
    const exits = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script, fresh], {
          cwd: import.meta.dirname,
          stdio: 'inherit',
        });
        return (await once(child, 'exit'))[0];
      }),
    );
    expect(exits).toEqual([0, 0, 0]);
    const opened = await openDatabase({ url: fresh, logger });
    expect(await opened.client.fileAvailability.count()).toBe(60);
    await opened.close();
  });

  test('refuses a URL that is neither of the two', async () => {
    await expect(openDatabase({ url: 'mysql://x', logger })).rejects.toThrow(/file: or postgresql:/);
  });
});
