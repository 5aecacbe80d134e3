import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createBus, resolveTopics } from '@giggityflix/bus';
import { createLogger, retryDelayMs } from '@giggityflix/kernel';
import { openDatabase } from '@giggityflix/prisma';
import { realPostgres } from '@giggityflix/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { announced, described, fileId, PNG } from '../testing/events.ts';
import { type Catalog, createCatalog, readEnvironment } from './index.ts';
import { INGEST_RETRY } from './ingest/ingest.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const topics = resolveTopics({});

const postgres = await realPostgres();

describe('the catalog on SQLite', () => describeCatalog((folder) => `file:${join(folder, 'catalog.db')}`));
describe.skipIf(postgres.skip)('the catalog on PostgreSQL', () =>
  describeCatalog(() => postgres.url, emptyPostgres),
);

it('a database that is unavailable for an hour loses no event', () => {
  let waited = 0;
  for (let attempt = 1; attempt <= INGEST_RETRY.maxRetries; attempt++)
    waited += retryDelayMs({ ...INGEST_RETRY, jitterFactor: 0 }, attempt);
  expect(waited).toBeGreaterThan(3_600_000);
});

async function emptyPostgres(): Promise<void> {
  const database = await openDatabase({ url: postgres.url, logger });
  await database.client.$executeRawUnsafe(
    `TRUNCATE "Title", "MediaFile", "FileAvailability", "FileStatement", "HoldingClaim", "SharingPeer", "TitleCorrection",
      "Picture", "Artwork" RESTART IDENTITY CASCADE`,
  );
  await database.close();
}

function describeCatalog(
  databaseUrl: (folder: string) => string,
  empty: () => Promise<void> = async () => {},
) {
  let folder: string;
  let bus: Bus;
  let catalog: Catalog;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-'));
    bus = await createBus({
      config: { kind: 'embedded', path: join(folder, 'bus.sqlite') },
      clientId: 'test',
      logger,
    });
    await bus.start();
    await empty();
    const config = readEnvironment({
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: databaseUrl(folder),
      BUS: 'embedded',
      AUTH_MODE: 'demo',
    });
    catalog = createCatalog(config, { logger, bus });
    await catalog.start();
  });
  afterEach(async () => {
    await catalog.stop();
    await bus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function query(document: string, variables: object = {}) {
    const response = await fetch(`${catalog.address().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document, variables }),
    });
    return (await response.json()) as {
      data: Record<string, never> & { [name: string]: unknown };
      errors?: { message: string; extensions: { code: string } }[];
    };
  }

  async function describeFile(facts: Parameters<typeof described>[0]) {
    const value = described(facts);
    const held = announced(value.peer_id, [facts.file]);
    await bus.publish([
      { topic: topics.peerMediaDescribed, key: value.catalog_id, value },
      { topic: topics.peerCatalogUpdated, key: value.peer_id, value: held },
    ]);
  }

  async function names(filter: object = {}): Promise<string[]> {
    const { data } = await query(
      'query($filter: TitleFilter) { titles(first: 100, filter: $filter) { totalCount edges { node { name } } } }',
      { filter },
    );
    const titles = data.titles as unknown as { totalCount: number; edges: { node: { name: string } }[] };
    expect(titles.totalCount).toBe(titles.edges.length);
    return titles.edges.map(({ node }) => node.name);
  }

  const FILE =
    'query($id: ID!) { mediaFile(catalogId: $id) { name sizeBytes hashes { algorithm value } title { id name files { catalogId } } } }';

  it('a described file is found with its title', async () => {
    await describeFile({
      file: 1,
      title: 'The Matrix',
      year: 1999,
      size_bytes: 2 ** 40,
      hashes: { md5: '00'.repeat(16) },
    });
    await expect.poll(() => names()).toEqual(['The Matrix']);
    const { data } = await query(FILE, { id: fileId(1) });
    expect(data.mediaFile).toMatchObject({
      sizeBytes: 2 ** 40,
      hashes: [{ algorithm: 'md5', value: '00'.repeat(16) }],
      title: { name: 'The Matrix', files: [{ catalogId: fileId(1) }] },
    });
  });

  it('two encodings of one film are two files of one title', async () => {
    await describeFile({ file: 1, title: 'Amélie', year: 2001 });
    await describeFile({ file: 2, title: 'AMELIE', year: 2001, peer_id: 'other' });
    await describeFile({ file: 3, title: 'Amélie', year: 2031 });
    await vi.waitFor(
      async () => {
        const { data } = await query('{ titles(first: 10) { edges { node { year files { catalogId } } } } }');
        expect(data.titles).toEqual({
          edges: [
            { node: { year: 2001, files: [{ catalogId: fileId(1) }, { catalogId: fileId(2) }] } },
            { node: { year: 2031, files: [{ catalogId: fileId(3) }] } },
          ],
        });
      },
      { timeout: 10_000 },
    );
  });

  it('a file’s own peer may correct its description, and another only completes it', async () => {
    // Of two that count alike the first one's word counts, and of two in one millisecond that of the lower id.
    const [first, second] = [1, 2].map((seconds) =>
      new Date(Date.now() - 10_000 + seconds * 1_000).toISOString(),
    );
    await describeFile({ file: 1, title: 'Wrong Name', language: null, timestamp: first });
    await describeFile({
      file: 1,
      title: 'Hijacked',
      language: 'en',
      width: 640,
      peer_id: 'other',
      timestamp: second,
    });
    await vi.waitFor(
      async () => {
        const { data } = await query(
          `{ mediaFile(catalogId: "${fileId(1)}") { language width title { name } } }`,
        );
        expect(data.mediaFile).toEqual({ language: 'en', width: 640, title: { name: 'Wrong Name' } });
      },
      { timeout: 10_000 },
    );
    await describeFile({ file: 1, title: 'Right Name', width: 641 });
    await expect.poll(() => names()).toEqual(['Right Name']);
    const { data } = await query(`{ mediaFile(catalogId: "${fileId(1)}") { language width } }`);
    expect(data.mediaFile).toEqual({ language: 'en', width: 641 });
  });

  it('chapters and tracks are its own peer’s word, until then another’s', async () => {
    const FILE_PARTS = `query File($id: ID!) {
      mediaFile(catalogId: $id) {
        chapters { startSeconds endSeconds title }
        tracks { kind codec language name width height channels }
      }
    }`;
    const parts = async () => (await query(FILE_PARTS, { id: fileId(1) })).data.mediaFile;
    const opening = { start_seconds: 0, end_seconds: 30.5, title: 'Opening' };
    await describeFile({ file: 1 });
    await expect.poll(parts).toEqual({ chapters: [], tracks: [] });
    await describeFile({ file: 1, chapters: [opening], peer_id: 'other' });
    const shown = { startSeconds: 0, endSeconds: 30.5, title: 'Opening' };
    await expect.poll(parts).toEqual({ chapters: [shown], tracks: [] });
    await describeFile({ file: 1, chapters: [{ ...opening, title: 'Hijacked' }], peer_id: 'other' });
    await describeFile({
      file: 1,
      chapters: [{ ...opening, title: 'Begin\nning', end_seconds: 0 }],
      tracks: [{ kind: 'AUDIO', codec: 'aac', language: 'deu', channels: 6 }],
    });
    await expect.poll(parts).toEqual({
      chapters: [{ startSeconds: 0, endSeconds: null, title: 'Begin ning' }],
      tracks: [
        {
          kind: 'AUDIO',
          codec: 'aac',
          language: 'deu',
          name: null,
          width: null,
          height: null,
          channels: 6,
        },
      ],
    });
  });

  it('titles are found by the words of their names, their kind and their availability', async () => {
    await describeFile({ file: 1, title: 'Blade Runner' });
    await describeFile({ file: 2, title: 'The Running Man' });
    await describeFile({ file: 3, title: 'Run', kind: 'CLIP' });
    await bus.publish({
      topic: topics.catalogAvailabilityChanged,
      key: fileId(2),
      value: {
        catalog_id: fileId(2),
        is_available: true,
        available_peer_count: 1,
        timestamp: new Date().toISOString(),
      },
    });
    await vi.waitFor(
      async () => {
        expect(await names()).toEqual(['Blade Runner', 'Run', 'The Running Man']);
        expect(await names({ available: true })).toEqual(['The Running Man']);
      },
      { timeout: 10_000 },
    );
    expect(await names({ search: 'runner BLADE' })).toEqual(['Blade Runner']);
    expect(await names({ search: 'run' })).toEqual(['Run', 'The Running Man', 'Blade Runner']);
    expect(await names({ search: '100%_' })).toEqual([]);
    expect(await names({ kind: 'CLIP' })).toEqual(['Run']);
    expect(await names({ available: false })).toEqual(['Blade Runner', 'Run']);
  });

  it('clips that are called alike are a title each, and episodes that are called alike one', async () => {
    for (const file of [1, 2]) await describeFile({ file, title: 'S01E01', kind: 'CLIP' });
    for (const file of [3, 4])
      await describeFile({ file, title: 'Show', kind: 'EPISODE', season: 1, episode: 1 });
    await expect.poll(() => names()).toEqual(['S01E01', 'S01E01', 'Show']);
  });

  it('pages follow each other without gaps while titles are added', async () => {
    for (let n = 0; n < 7; n += 1) await describeFile({ file: n, title: `Film ${n}` });
    await expect.poll(() => names()).toHaveLength(7);
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const { data } = await query(
        'query($after: String) { titles(first: 3, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      const page = data.titles as unknown as {
        edges: { node: { name: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      seen.push(...page.edges.map(({ node }) => node.name));
      if (after === null) {
        await describeFile({ file: 100, title: 'Earlier' });
        await expect.poll(() => names()).toHaveLength(8);
      }
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `Film ${n}`));
  });

  it.each([
    ['first: 0', 'first is 1 to 100, not 0'],
    ['first: 101', 'first is 1 to 100, not 101'],
    ['first: 1, after: "nonsense"', 'after is not a cursor of this list'],
    [`first: 1, filter: { search: "${'x'.repeat(201)}" }`, 'filter.search has at most 200 characters'],
  ])('titles(%s) is refused', async (args, message) => {
    const { errors } = await query(`{ titles(${args}) { totalCount } }`);
    expect(errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
  });

  it('ids that cannot exist are null', async () => {
    const { data } = await query('{ title(id: "x\\u0000") { id } mediaFile(catalogId: "../x") { name } }');
    expect(data).toEqual({ title: null, mediaFile: null });
  });

  describe('references', () => {
    const ENTITIES =
      'query($of: [_Any!]!) { _entities(representations: $of) { ... on MediaFile { catalogId title { name } } ... on Title { name } } }';
    const reference = (n: number) => ({ __typename: 'MediaFile', catalogId: fileId(n) });

    it('resolve in a batch, and those that nobody described are null beside the others', async () => {
      await describeFile({ file: 1, title: 'One' });
      await expect.poll(() => names()).toHaveLength(1);
      const { data, errors } = await query(ENTITIES, {
        of: [reference(1), reference(2), { __typename: 'Title', id: 'nonsense' }, reference(1)],
      });
      expect(errors).toBeUndefined();
      const known = { catalogId: fileId(1), title: { name: 'One' } };
      expect(data._entities).toEqual([known, null, null, known]);
    });

    it('wait for a description that is on its way', async () => {
      const answer = query(ENTITIES, { of: [reference(5)] });
      await vi.waitFor(
        async () => {
          const metrics = await (await fetch(`${catalog.address().url}/metrics`)).text();
          expect(metrics).toMatch(/catalog_awaited_files\{[^}]*\} 1/);
        },
        { timeout: 10_000 },
      );
      await describeFile({ file: 5, title: 'Late' });
      expect((await answer).data._entities).toEqual([{ catalogId: fileId(5), title: { name: 'Late' } }]);
    });
  });

  it('a picture is served with a tag that saves sending it again', async () => {
    await describeFile({ file: 1, title: 'One' });
    await bus.publish({
      topic: topics.artworkCaptured,
      key: fileId(1),
      value: {
        peer_id: 'peer',
        catalog_id: fileId(1),
        index: 2,
        mime_type: 'image/png',
        width: 1,
        height: 1,
        at_seconds: 3,
        data: PNG.toString('base64'),
        timestamp: new Date().toISOString(),
      },
    });
    const url = await vi.waitFor(
      async () => {
        const { data } = await query(
          '{ titles(first: 1) { edges { node { artwork { url width height } } } } }',
        );
        const [edge] = (data.titles as unknown as { edges: { node: { artwork: { url: string }[] } }[] })
          .edges;
        expect(edge?.node.artwork).toHaveLength(1);
        return edge?.node.artwork[0]?.url as string;
      },
      { timeout: 10_000 },
    );
    expect(url).toMatch(new RegExp(`^/artwork/${fileId(1)}/2\\?v=`));
    const first = await fetch(catalog.address().url + url);
    expect(first.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await first.arrayBuffer()).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect(first.headers.get('cache-control')).toContain('immutable');
    const again = await fetch(catalog.address().url + url, {
      headers: { 'if-none-match': first.headers.get('etag') as string },
    });
    expect(again.status).toBe(304);
    const missing = await fetch(`${catalog.address().url}/artwork/${fileId(1)}/9`);
    expect(missing.status).toBe(404);
  });

  it('is ready when the database is, whether or not the bus is', async () => {
    vi.spyOn(bus, 'check').mockRejectedValue(new Error('away'));
    expect((await fetch(`${catalog.address().url}/ready`)).status).toBe(200);
  });
}
