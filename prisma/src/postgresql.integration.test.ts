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

  test('that ends a connection the moment it is made fails a transaction, and nothing else', async () => {
    const way = await openWay(new URL(postgres.url));
    const database = await openDatabase({ url: way.url, logger });
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = database.client.$transaction(() => {
      begun.resolve();
      return held.promise;
    });
    await begun.promise;
    way.endNextConnection();
    const failed = await database.client
      .$transaction((one) => one.title.count())
      .catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failed)).toBe(true);
    held.resolve();
    await holding;
    await expect(database.client.title.count()).resolves.toBe(0);
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

/** ReadyForQuery, and what a server that shuts down sends. */
const READY = Buffer.from([...Buffer.from('Z'), 0, 0, 0, 5, ...Buffer.from('I')]);
const FIELDS = Buffer.from(
  [...['S', 'FATAL', '\0'], ...['C', '57P01', '\0'], ...['M', 'terminating connection', '\0'], '\0'].join(''),
);
const TERMINATED = Buffer.concat([Buffer.from('E'), Buffer.from([0, 0, 0, FIELDS.byteLength + 4]), FIELDS]);

/** A way to the server that can be cut. */
async function openWay(server: URL) {
  const sockets = new Set<Socket>();
  let ending = false;
  const proxy = createServer((client) => {
    const onward = connect(Number(server.port), server.hostname);
    for (const socket of [client, onward]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    client.pipe(onward);
    onward.on('data', (bytes: Buffer) => {
      const end = ending && bytes.subarray(-READY.byteLength).equals(READY);
      if (end) ending = false;
      client.write(end ? Buffer.concat([bytes, TERMINATED]) : bytes);
    });
    onward.on('end', () => client.end());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = new URL(server);
  url.port = String((proxy.address() as { port: number }).port);
  return {
    url: url.href,
    /** The next connection is ended by the server in the packet that makes it. */
    endNextConnection() {
      ending = true;
    },
    close() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
