import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createLogger } from '@giggityflix/kernel';
import { realPostgres } from '@giggityflix/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { isDatabaseUnavailable, openDatabase } from './index.ts';

const postgres = await realPostgres();
const logger = createLogger({ service: 'test', level: 'silent' });

describe.skipIf(postgres.skip)('a PostgreSQL database', () => {
  const open = () => openDatabase({ url: postgres.url, logger });
  const opened: Awaited<ReturnType<typeof open>>[] = [];
  afterAll(() => Promise.all(opened.map((database) => database.close())));

  test('is migrated once by several that open it at once, and left alone afterwards', async () => {
    opened.push(...(await Promise.all([open(), open(), open()])));
    opened.push(await open());
    for (const database of opened) await expect(database.check()).resolves.toBeUndefined();
  });

  test('serves a process of an older version while a newer one is rolled out', async () => {
    const { client } = opened[0]!;
    await client.$executeRawUnsafe(`INSERT INTO "SchemaMigration" ("name") VALUES ('9999_newer')`);
    opened.push(await open());
    await expect(opened.at(-1)!.client.title.count()).resolves.toBe(0);
  });

  test('that is unavailable is distinguished from a query that fails', async () => {
    const way = await openWay(new URL(postgres.url));
    const database = await openDatabase({ url: way.url, logger });
    const failureOf = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);
    const wrong = await failureOf(database.client.$queryRawUnsafe('SELECT nothing'));
    expect([wrong instanceof Error, isDatabaseUnavailable(wrong)]).toEqual([true, false]);
    const sleeping = failureOf(database.client.$queryRawUnsafe('SELECT pg_sleep(60)::text'));
    way.close();
    expect(isDatabaseUnavailable(await sleeping)).toBe(true);
    expect(isDatabaseUnavailable(await failureOf(database.client.title.count()))).toBe(true);
    await database.close();
  });

  test('keeps what SQLite keeps, through the same client type', async () => {
    const { client } = opened[0]!;
    await client.title.create({
      data: { id: 't', name: 'T', sortKey: 't', searchText: ' t ', kind: 'MOVIE', addedAt: new Date(5) },
    });
    await client.fileAvailability.create({ data: { catalogId: 'b', changedAt: new Date(0) } });
    await client.mediaFile.create({
      data: {
        catalogId: 'b',
        titleId: 't',
        name: 'b.mp4',
        sizeBytes: 2n ** 40n,
        hashes: { md5: '00' },
        describedBy: 'p',
        describedAt: new Date(7),
        addedAt: new Date(7),
      },
    });
    const file = await client.mediaFile.findUniqueOrThrow({ where: { catalogId: 'b' } });
    expect(file).toMatchObject({ sizeBytes: 2n ** 40n, hashes: { md5: '00' }, addedAt: new Date(7) });
  });
});

/** A way to the server that can be cut. */
async function openWay(server: URL): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const onward = connect(Number(server.port), server.hostname);
    for (const socket of [client, onward]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    client.pipe(onward).pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = new URL(server);
  url.port = String((proxy.address() as { port: number }).port);
  return {
    url: url.href,
    close() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
