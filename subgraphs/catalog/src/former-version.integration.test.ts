import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { openDatabase } from '@giggityflix/prisma';
import { blackPng } from '@giggityflix/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileId, PNG } from '../testing/events.ts';
import { type RunningCatalog, runCatalog } from '../testing/running-catalog.ts';

let folder: string;
let running: RunningCatalog;

/** What the version without statements left: a file by a peer, with a picture as it was sent, and one that is a page. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  const url = `file:${join(folder, 'catalog.db')}`;
  const at = new Date();
  const database = await openDatabase({ url, logger: createLogger({ service: 'test', level: 'silent' }) });
  const { client } = database;
  await client.fileAvailability.create({ data: { catalogId: fileId(1), changedAt: at } });
  await client.title.create({
    data: {
      id: '0'.repeat(36),
      name: 'Known',
      sortKey: 'known',
      searchText: ' known ',
      kind: 'MOVIE',
      addedAt: at,
    },
  });
  await client.mediaFile.create({
    data: {
      catalogId: fileId(1),
      titleId: '0'.repeat(36),
      name: 'known.mp4',
      sizeBytes: 5n,
      describedBy: 'former',
      describedAt: at,
      addedAt: at,
      hashes: { md5: '00'.repeat(16) },
    },
  });
  const picture = { catalogId: fileId(1), width: 9, height: 9, atSeconds: 1, digest: 'd', updatedAt: at };
  for (const [index, mimeType, data] of [
    [0, 'image/png', PNG],
    [1, 'text/html', Buffer.from('<script>alert(1)</script>')],
    [2, 'image/png', blackPng(16_000, 16_000)],
  ] as const)
    await client.artwork.create({ data: { ...picture, index, mimeType, data: Uint8Array.from(data) } });
  await database.close();
  running = await runCatalog({ DATABASE_URL: url });
});
afterEach(async () => {
  await running[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const FILE = `{ mediaFile(catalogId: "${fileId(1)}") { hashes { value } title { name artwork { url width } } } }`;

async function file() {
  return (await running.query(FILE)).data.mediaFile;
}

it('keeps its descriptions until a holder says something', async () => {
  expect(await file()).toMatchObject({ title: { name: 'Known' }, hashes: [{ value: '00'.repeat(16) }] });
  await running.describe({ file: 1, title: 'Said' });
  await expect.poll(async () => (await file()).title.name).toBe('Said');
});

it('has its pictures encoded before one is served, and those that are none dropped', async () => {
  await expect.poll(async () => (await file()).title.artwork).toMatchObject([{ width: 1 }]);
  const [{ url }] = (await file()).title.artwork;
  const answer = await fetch(running.catalog.address().url + url);
  expect(answer.headers.get('content-type')).toBe('image/jpeg');
  expect(Buffer.from(await answer.arrayBuffer()).equals(PNG)).toBe(false);
  for (const index of [1, 2])
    expect((await fetch(`${running.catalog.address().url}/artwork/${fileId(1)}/${index}`)).status).toBe(404);
});
