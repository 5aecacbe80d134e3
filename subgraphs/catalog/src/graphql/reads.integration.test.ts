import { createLogger } from '@giggityflix/kernel';
import { openDatabase, Prisma } from '@giggityflix/prisma';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileId } from '../../testing/events.ts';
import { type RunningCatalog, runCatalog } from '../../testing/running-catalog.ts';
import { MAX_FILES_PER_TITLE } from '../store/limits.ts';

const TITLES = `{ titles(first: 100) { totalCount edges { node {
  id name artwork { url } files { catalogId title { name } chapters { startSeconds } markers { kind endSeconds } hashes { value } } } } } }`;
const TITLE = 'query($id: ID!) { title(id: $id) { name files { catalogId title { id } } artwork { url } } }';

let running: RunningCatalog;
beforeEach(async () => {
  running = await runCatalog();
});
afterEach(() => running[Symbol.asyncDispose]());

interface TitleNode {
  id: string;
  name: string;
  files: { catalogId: string; title: { name: string }; chapters: object[]; hashes: object[] }[];
}

async function titles(): Promise<TitleNode[]> {
  const { data, errors } = await running.query(TITLES);
  expect(errors).toBeUndefined();
  return data.titles.edges.map(({ node }: { node: TitleNode }) => node);
}

/** Puts rows into the database as they may have been left there, whatever the catalog takes now. */
async function withRows(
  work: (client: Awaited<ReturnType<typeof openDatabase>>['client']) => Promise<unknown>,
): Promise<void> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const database = await openDatabase({ url: running.databaseUrl, logger });
  await work(database.client);
  await database.close();
}

it('parts to skip are those that most say, and none of a file of before there were any', async () => {
  const markers = [{ kind: 'INTRO' as const, start_seconds: 5, end_seconds: 9 }];
  await running.describe({ file: 1, title: 'Honest', markers });
  await running.describe({ file: 2, title: 'Other' });
  await expect.poll(titles).toHaveLength(2);
  await withRows((client) =>
    client.mediaFile.update({ where: { catalogId: fileId(2) }, data: { markers: Prisma.DbNull } }),
  );
  const [honest, other] = await titles();
  expect(honest?.files).toMatchObject([{ markers: [{ kind: 'INTRO', endSeconds: 9 }] }]);
  expect(other?.files).toMatchObject([{ markers: [] }]);
});

it('one peer’s 1,050 descriptions naming one title break no list, and those beyond its limit are refused', async () => {
  await running.describe({ file: 1, title: 'Honest' });
  await running.describe({ file: 2, title: 'Other' });
  await expect.poll(titles).toHaveLength(2);
  const files = Array.from({ length: 1_050 }, (_, n) => n + 10);
  await running.available([1, ...files]);
  await expect
    .poll(() => running.metric('catalog_events_ingested_total', 'event="availability"'), { timeout: 30_000 })
    .toBe(files.length + 1);
  for (const file of files) await running.describe({ file, title: 'Honest', peer_id: 'attacker' });
  const refused = files.length + 1 - MAX_FILES_PER_TITLE;
  await expect
    .poll(() => running.metric('catalog_refused_total', 'reason="title_full"'), { timeout: 30_000 })
    .toBe(refused);
  const [honest, other] = await titles();
  expect(honest?.files).toHaveLength(MAX_FILES_PER_TITLE);
  expect(honest?.files[0]?.catalogId).toBe(fileId(1));
  expect(other).toMatchObject({ name: 'Other', files: [{ catalogId: fileId(2) }] });
  const { data, errors } = await running.query(TITLE, { id: honest?.id });
  expect(errors).toBeUndefined();
  expect(data.title.files).toHaveLength(MAX_FILES_PER_TITLE);
}, 60_000);

it('a title that has 70,000 files in the database already is answered with the first of them', async () => {
  await running.describe({ file: 1, title: 'Honest' });
  await running.describe({ file: 2, title: 'Other' });
  await expect.poll(titles).toHaveLength(2);
  await withRows(async (client) => {
    const { titleId, addedAt } = await client.mediaFile.findUniqueOrThrow({
      where: { catalogId: fileId(1) },
    });
    const later = new Date(addedAt.getTime() + 1_000);
    await client.$executeRaw`INSERT INTO "FileAvailability" ("catalogId", "changedAt")
      WITH RECURSIVE numbers(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM numbers WHERE n < 70099)
      SELECT printf('%064x', n), ${later} FROM numbers`;
    await client.$executeRaw`INSERT INTO "MediaFile"
        ("catalogId", "titleId", "name", "sizeBytes", "describedBy", "describedAt", "addedAt", "hashes")
      SELECT "catalogId", ${titleId}, 'copy.mp4', 1, 'attacker', ${later}, ${later}, '{}'
      FROM "FileAvailability" WHERE "changedAt" = ${later}`;
  });
  const [honest, other] = await titles();
  expect(honest?.files).toHaveLength(MAX_FILES_PER_TITLE);
  expect(honest?.files[0]?.catalogId).toBe(fileId(1));
  expect(other?.files).toHaveLength(1);
}, 120_000);

it('a row that cannot be read takes none of its siblings', async () => {
  for (const file of [1, 2, 3]) await running.describe({ file, title: `Title ${file}` });
  await expect.poll(titles).toHaveLength(3);
  await withRows(async (client) => {
    await client.title.updateMany({ where: { name: 'Title 2' }, data: { kind: 'NONSENSE' } });
    await client.mediaFile.update({
      where: { catalogId: fileId(3) },
      data: {
        chapters: ['nonsense', { startSeconds: 1, endSeconds: null, title: null }],
        tracks: 7,
        hashes: { md5: '00', sha1: 5 },
      },
    });
  });
  const [first, third, ...rest] = await titles();
  expect(rest).toEqual([]);
  expect(first?.name).toBe('Title 1');
  expect(third?.files[0]).toMatchObject({ chapters: [{ startSeconds: 1 }], hashes: [{ value: '00' }] });
  const { data } = await running.query(`{ mediaFile(catalogId: "${fileId(2)}") { title { name } } }`);
  expect(data.mediaFile.title.name).toBe('file-2.mp4');
  expect(await running.metric('catalog_unreadable_rows_total', 'table="title"')).toBeGreaterThan(0);
});

it('nothing stays of a file that was available, is not, and that nobody described', async () => {
  const count = async () => {
    let rows = 0;
    await withRows(async (client) => {
      rows = await client.fileAvailability.count();
    });
    return rows;
  };
  await running.available([1, 2]);
  await expect.poll(count).toBe(2);
  await running.available([1, 2], false);
  await expect.poll(count).toBe(0);
});
