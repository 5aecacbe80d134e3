import { randomBytes } from 'node:crypto';
import { Artwork, MediaDescription, MediaKind } from '@giggityflix/proto';
import { blackPng, samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Attacker, type AttackerOptions, attack } from './holding-attackers.ts';

const FILE = `query($id: ID!) { mediaFile(catalogId: $id) {
  name hashes { value } chapters { title } title { id name artwork { url } files { catalogId } } } }`;
const TITLES =
  '{ titles(first: 100) { totalCount edges { node { id name files { catalogId title { id } } } } } }';
const TITLE = 'query($id: ID!) { title(id: $id) { name files { catalogId } } }';
const CROWD = 12;
const DESCRIPTIONS = 1_050;

interface Film {
  name: string;
  hashes: { value: string }[];
  chapters: { title: string }[];
  title: { id: string; name: string; artwork: { url: string }[]; files: { catalogId: string }[] };
}

let stack: TestStack;
let catalogId: string;
let honest: Film;
let attackers: Attacker[] = [];

beforeAll(async () => {
  stack = await startStack();
  await samplesShared(stack);
  const { data } = await stack.client.request('BrowseTitles', { first: 50 });
  const title = data.titles.edges.find(({ node }: { node: { name: string } }) =>
    node.name.startsWith('Counting'),
  );
  catalogId = title.node.files[0].catalogId;
  await vi.waitFor(
    async () => {
      expect(await metric('EDGE_HTTP_PORT', 'edge_holding_checks_total', 'proven')).toBeGreaterThan(1);
      expect(await metric('CATALOG_PORT', 'catalog_events_ingested_total', 'check')).toBeGreaterThan(1);
      expect((await film()).title.artwork.length).toBeGreaterThan(2);
    },
    { timeout: 30_000, interval: 100 },
  );
  honest = await film();
}, 90_000);
afterEach(() => {
  for (const attacker of attackers) attacker.leave();
  attackers = [];
});
afterAll(async () => {
  await stack?.dispose();
});

async function query(document: string, variables: object = {}) {
  const response = await fetch(`${stack.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document, variables }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the test asked for
  const { data, errors } = (await response.json()) as { data: any; errors?: object[] };
  expect(errors).toBeUndefined();
  return data;
}

async function film(): Promise<Film> {
  return (await query(FILE, { id: catalogId })).mediaFile;
}

async function metric(port: 'EDGE_HTTP_PORT' | 'CATALOG_PORT', name: string, label: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${stack.ports[port]}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{[a-z]+="${label}"[^}]*\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

async function come(options: Partial<AttackerOptions>): Promise<Attacker> {
  const port = Number(stack.ports.EDGE_PORT);
  const attacker = await attack({ port, protocolVersion: 1, catalogId: randomId(), ...options });
  attackers.push(attacker);
  return attacker;
}

const randomId = () => randomBytes(32).toString('hex');

function describes(attacker: Attacker, id: string, title: string, changes: Partial<MediaDescription> = {}) {
  const value = MediaDescription.fromPartial({
    catalogId: Buffer.from(id, 'hex'),
    name: 'defaced.mp4',
    sizeBytes: 1_000,
    title,
    kind: MediaKind.MEDIA_KIND_MOVIE,
    ...changes,
  });
  return attacker.send({ $case: 'mediaDescription', value });
}

function pictures(attacker: Attacker, id: string, index: number, data: Buffer) {
  const value = Artwork.fromPartial({
    catalogId: Buffer.from(id, 'hex'),
    index,
    mimeType: 'image/png',
    width: 16,
    height: 16,
    atSeconds: 1,
    data,
  });
  return attacker.send({ $case: 'artwork', value });
}

/** Resolves once the catalog has taken in so many more events of a kind. */
async function takenIn(event: string, count: number, work: () => Promise<unknown>): Promise<void> {
  const read = () => metric('CATALOG_PORT', 'catalog_events_ingested_total', event);
  const before = await read();
  await work();
  await expect.poll(read, { timeout: 60_000 }).toBeGreaterThanOrEqual(before + count);
}

const LIES = {
  hashes: { md5: '00'.repeat(16), sha1: '11'.repeat(20) },
  chapters: [{ startSeconds: 0, endSeconds: 1, title: 'Defaced' }],
};

describe('a film that an honest peer has', () => {
  it('is not renamed, redrawn or rehashed by a peer that does not hold it', async () => {
    const stranger = await come({});
    await takenIn('description', 1, () => describes(stranger, catalogId, 'Defaced', LIES));
    await takenIn('artwork', 1, () => pictures(stranger, catalogId, 0, blackPng(16, 16)));
    expect(await film()).toEqual(honest);
  });

  it('is not renamed by many peers that only say that they hold it', async () => {
    await takenIn('announcement', CROWD, async () => {
      for (let n = 0; n < CROWD; n += 1) await come({ catalogId });
    });
    await takenIn('description', CROWD, () =>
      Promise.all(attackers.map((attacker) => describes(attacker, catalogId, 'Defaced', LIES))),
    );
    await takenIn('artwork', CROWD, () =>
      Promise.all(attackers.map((attacker) => pictures(attacker, catalogId, 0, blackPng(16, 16)))),
    );
    expect(await film()).toEqual(honest);
  });

  it('stays in every list when one peer names it in 1,050 descriptions', async () => {
    const ids = Array.from({ length: DESCRIPTIONS }, randomId);
    const before = (await query(TITLES)).titles.edges.length;
    let attacker!: Attacker;
    await takenIn('announcement', 1, async () => {
      attacker = await come({ more: ids });
    });
    const { year } = (await query('query($id: ID!) { title(id: $id) { year } }', { id: honest.title.id }))
      .title;
    await takenIn('description', DESCRIPTIONS, () =>
      Promise.all(ids.map((id) => describes(attacker, id, honest.title.name, { year: year ?? 0 }))),
    );
    const { titles } = await query(TITLES);
    expect(titles.edges).toHaveLength(before);
    const { title } = await query(TITLE, { id: honest.title.id });
    expect(title.files.length).toBeLessThanOrEqual(200);
    expect(title.files.map((file: { catalogId: string }) => file.catalogId)).toContain(catalogId);
    expect(await film()).toMatchObject({ name: honest.name, title: { name: honest.title.name } });
  }, 120_000);
});

describe('a picture', () => {
  it('is refused when it is none, or one of 16,000² pixels or of one long row', async () => {
    const own = randomId();
    const attacker = await come({ catalogId: own });
    const bomb = blackPng(16_000, 16_000);
    expect(bomb.length).toBeLessThan(40_000);
    const page = Buffer.from('<html><script>alert(1)</script></html>');
    await takenIn('artwork', 3, async () => {
      await pictures(attacker, own, 0, page);
      await pictures(attacker, own, 1, bomb);
      await pictures(attacker, own, 2, blackPng(15_999_999, 1));
    });
    for (const index of [0, 1, 2])
      expect((await fetch(`${stack.origin}/artwork/${own}/${index}`)).status).toBe(404);
  });

  it('is served as a picture alone, and not with the bytes that came', async () => {
    const own = randomId();
    const attacker = await come({ catalogId: own });
    await describes(attacker, own, 'Own');
    const sent = Buffer.concat([blackPng(16, 16), Buffer.from('<script>alert(1)</script>')]);
    await pictures(attacker, own, 0, sent);
    const path = `${stack.origin}/artwork/${own}/0`;
    await expect.poll(async () => (await fetch(path)).status).toBe(200);
    const answer = await fetch(path);
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).not.toContain('script');
  });
});
