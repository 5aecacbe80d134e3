import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionOf, fileId } from '../../testing/events.ts';
import { factsNamed } from '../../testing/facts.ts';
import {
  MAX_PICTURES_PER_PEER_AND_FILE,
  MAX_PICTURING_PEERS_PER_FILE,
  MAX_STATEMENTS_PER_FILE,
  STATEMENT_MEMORY_MS,
} from './limits.ts';
import { createPrismaStatements } from './statements.prisma.ts';
import type { Check, Statements } from './statements.ts';
import { NEW_IDENTITY_MS } from './voices.ts';

const LIMITS = { descriptionsPerPeer: 5, picturesPerPeer: 20 };
const REFUSED = { kind: 'refused' };

let folder: string;
let database: Database;
let statements: Statements;
let clock: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  const logger = createLogger({ service: 'test', level: 'silent' });
  database = await openDatabase({ url: `file:${join(folder, 'catalog.db')}`, logger });
  statements = createPrismaStatements(database, LIMITS);
  clock = 1_000;
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const tick = () => (clock += 1_000);
const describes = (peerId: string, file: number, name = `Film ${file}`) =>
  statements.described({ catalogId: fileId(file), peerId, facts: factsNamed(name), at: tick() });
const holds = (peerId: string, files: number[], changes: object = {}) =>
  statements.announced({
    peerId,
    connectionId: connectionOf(peerId),
    catalogIds: files.map(fileId),
    removedCatalogIds: [],
    isFull: false,
    updateId: '',
    isFinal: true,
    at: tick(),
    ...changes,
  });
const connects = (peerId: string, network: string | null, number = 1) =>
  statements.connected({ peerId, connectionId: connectionOf(peerId, number), network, at: tick() });
const leaves = (peerId: string) =>
  statements.closed({ peerId, connectionId: connectionOf(peerId), at: tick() });
const checks = (peerId: string, file: number, outcome: Check['outcome']) =>
  statements.checked({
    peerId,
    connectionId: connectionOf(peerId),
    catalogId: fileId(file),
    outcome,
    at: tick(),
  });
const takes = (peerId: string, file: number, index = 0) =>
  statements.pictured({
    peerId,
    catalogId: fileId(file),
    index,
    kind: 'STILL',
    mimeType: 'image/jpeg',
    width: 1,
    height: 1,
    atSeconds: 1,
    digest: `${peerId}${index}`,
    data: Buffer.of(1),
    at: tick(),
  });
async function titleOf(file: number): Promise<string | null> {
  const where = { catalogId: fileId(file) };
  const row = await database.client.mediaFile.findUnique({ where, include: { title: true } });
  return row?.title.name ?? null;
}
async function shown(file: number): Promise<string[]> {
  const rows = await database.client.picture.findMany({ where: { catalogId: fileId(file), isShown: true } });
  return [...new Set(rows.map(({ peerId }) => peerId))];
}

describe('a peer', () => {
  it('describes as many files as it may, and gives up those first that it does not hold', async () => {
    for (let file = 1; file <= 5; file += 1) await describes('a', file);
    await holds('a', [2, 3, 4, 5]);
    expect(await describes('a', 6)).toMatchObject({ kind: 'taken' });
    expect(await describes('a', 7)).toMatchObject({ kind: 'taken' });
    await holds('a', [7]);
    expect(await describes('a', 8)).toMatchObject({ ...REFUSED, reason: 'peer_limit' });
    expect(await describes('a', 2, 'Again')).toMatchObject({ kind: 'taken' });
    expect(await describes('b', 8)).toMatchObject({ kind: 'taken' });
  });

  it('says as much of a file as fits, without its chapters if need be', async () => {
    const chapters = Array.from({ length: 500 }, (_, n) => ({
      startSeconds: n,
      endSeconds: null,
      title: 'x'.repeat(200),
    }));
    const said = { catalogId: fileId(1), peerId: 'a', at: tick() };
    await holds('a', [1]);
    await statements.described({ ...said, facts: factsNamed('Film', { chapters }) });
    expect(await database.client.mediaFile.findFirst()).toMatchObject({ chapters: [] });
    const hashes = { md5: 'x'.repeat(70_000) };
    expect(await statements.described({ ...said, facts: factsNamed('Film', { hashes }) })).toMatchObject({
      ...REFUSED,
      reason: 'too_long',
    });
  });

  it('has so many pictures, of one file and in all', async () => {
    for (let index = 0; index < MAX_PICTURES_PER_PEER_AND_FILE; index += 1)
      expect(await takes('a', 1, index)).toMatchObject({ kind: 'taken' });
    expect(await takes('a', 1, 50)).toMatchObject({ ...REFUSED, reason: 'file_limit' });
    expect(await takes('a', 1, 0)).toMatchObject({ kind: 'taken' });
    for (let index = 0; index < LIMITS.picturesPerPeer - MAX_PICTURES_PER_PEER_AND_FILE; index += 1)
      await takes('a', 2, index);
    expect(await takes('a', 3)).toMatchObject({ ...REFUSED, reason: 'peer_limit' });
  });
});

describe('a file', () => {
  it('has statements of so many peers, of which those go first that do not hold it', async () => {
    const peers = Array.from({ length: MAX_STATEMENTS_PER_FILE }, (_, n) => `p${n}`);
    for (const peer of peers) await describes(peer, 1);
    for (const peer of peers.slice(1)) await holds(peer, [1]);
    expect(await describes('late', 1)).toMatchObject({ kind: 'taken' });
    await holds('late', [1]);
    expect(await describes('later', 1)).toMatchObject({ ...REFUSED, reason: 'file_limit' });
    await holds('later', [1]);
    await checks('later', 1, 'proven');
    expect(await describes('later', 1, 'Proven')).toMatchObject({ kind: 'taken' });
    expect(await titleOf(1)).toBe('Proven');
    expect(await database.client.fileStatement.count()).toBe(MAX_STATEMENTS_PER_FILE);
  });

  it('keeps what those said that had proven it and are not here', async () => {
    const peers = Array.from({ length: MAX_STATEMENTS_PER_FILE }, (_, n) => `p${n}`);
    for (const peer of peers) {
      await describes(peer, 1, 'Film');
      await holds(peer, [1]);
      await checks(peer, 1, 'proven');
      await leaves(peer);
    }
    await holds('stranger', [1]);
    expect(await describes('stranger', 1, 'Other')).toMatchObject({ ...REFUSED, reason: 'file_limit' });
    expect(await titleOf(1)).toBe('Film');
    await checks('stranger', 1, 'proven');
    expect(await describes('stranger', 1, 'Other')).toMatchObject({ kind: 'taken' });
  });

  it('has pictures of so many peers, and shows those of the one that is heard', async () => {
    await takes('stranger', 1);
    expect(await shown(1)).toEqual([]);
    for (let n = 0; n < MAX_PICTURING_PEERS_PER_FILE; n += 1) {
      await holds(`p${n}`, [1]);
      expect(await takes(`p${n}`, 1)).toMatchObject({ kind: 'taken' });
    }
    expect(await shown(1)).toEqual(['p0']);
    await holds('late', [1]);
    expect(await takes('late', 1)).toMatchObject({ ...REFUSED, reason: 'file_limit' });
    await checks('p2', 1, 'proven');
    expect(await shown(1)).toEqual(['p2']);
    await leaves('p2');
    expect(await shown(1)).toEqual(['p0']);
    await checks('p0', 1, 'failed');
    expect(await shown(1)).toEqual(['p1']);
    await checks('later', 1, 'proven');
    await holds('later', [1]);
    expect(await takes('later', 1)).toMatchObject({ kind: 'taken' });
    expect(await shown(1)).toEqual(['later']);
  });
});

it('a film keeps its title and pictures while its only peer sleeps, and loses them when that one failed', async () => {
  await holds('a', [1]);
  await describes('a', 1, 'Film');
  await takes('a', 1);
  await leaves('a');
  expect(await titleOf(1)).toBe('Film');
  expect(await shown(1)).toEqual(['a']);
  await checks('a', 1, 'failed');
  expect(await titleOf(1)).toBeNull();
  expect(await shown(1)).toEqual([]);
  expect(await database.client.title.count()).toBe(0);
});

it('a peer’s say leaves with it, and comes back with it', async () => {
  await holds('a', [1]);
  await describes('a', 1, 'Of a');
  await holds('b', [1]);
  await describes('b', 1, 'Of b');
  expect(await titleOf(1)).toBe('Of a');
  await leaves('a');
  expect(await titleOf(1)).toBe('Of b');
  await holds('a', [1], { connectionId: connectionOf('a', 2), isFull: true });
  expect(await titleOf(1)).toBe('Of a');
});

it('identities of one network that have proven a file too do not outvote its holder', async () => {
  await connects('honest', 'home');
  await holds('honest', [1]);
  await checks('honest', 1, 'proven');
  await describes('honest', 1, 'Honest');
  for (const peer of ['eve-1', 'eve-2', 'eve-3']) {
    // What is known of the network may come last.
    await holds(peer, [1]);
    await checks(peer, 1, 'proven');
    await describes(peer, 1, 'Defaced');
    await connects(peer, 'elsewhere');
  }
  expect(await titleOf(1)).toBe('Honest');
  clock += NEW_IDENTITY_MS;
  await holds('eve-1', [1]);
  expect(await titleOf(1)).toBe('Honest');
  // That of two networks is what most say.
  await connects('eve-3', 'third', 2);
  await holds('eve-3', [1], { connectionId: connectionOf('eve-3', 2) });
  expect(await titleOf(1)).toBe('Defaced');
});

it('a title is spelt as a peer has it that proved a file of it', async () => {
  await holds('eve', [1]);
  await describes('eve', 1, 'THE... Film!!!');
  await holds('ann', [2]);
  await describes('ann', 2, 'The Film');
  expect(await titleOf(2)).toBe('THE... Film!!!');
  await checks('ann', 2, 'proven');
  expect(await titleOf(1)).toBe('The Film');
  await checks('eve', 1, 'proven');
  expect(await titleOf(2)).toBe('The Film');
});

it('a description that a crash left half taken in is completed when it is delivered again', async () => {
  await holds('a', [1]);
  const said = { catalogId: fileId(1), peerId: 'a', facts: factsNamed('Film'), at: tick() };
  await statements.described(said);
  await database.client.mediaFile.deleteMany();
  await database.client.fileStatement.updateMany({ data: { isSettled: false } });
  await statements.described(said);
  expect(await titleOf(1)).toBe('Film');
});

it('what peers said that left long ago is forgotten, and files that nobody else knows or has proven with it', async () => {
  await holds('a', [1, 2, 3]);
  for (const file of [1, 2, 3]) await describes('a', file);
  await takes('a', 1);
  await checks('a', 2, 'proven');
  await holds('b', [3]);
  await describes('b', 3, 'Of b');
  await leaves('a');
  clock += STATEMENT_MEMORY_MS;
  await leaves('b');
  expect(await titleOf(1)).toBeNull();
  expect(await titleOf(2)).toBe('Film 2');
  expect(await titleOf(3)).toBe('Of b');
  expect(await database.client.fileStatement.count({ where: { peerId: 'a' } })).toBe(0);
  expect(await database.client.picture.count()).toBe(0);
  expect(await database.client.title.count()).toBe(2);
  expect(await database.client.fileAvailability.count()).toBe(2);
});

it('nothing stays of files that a peer announced and nobody described', async () => {
  await holds('a', [1, 2, 3]);
  await leaves('a');
  expect(await database.client.holdingClaim.count()).toBe(0);
  await holds('b', [1, 2, 3], { isFull: true });
  await holds('b', [1], { isFull: true });
  expect(await database.client.holdingClaim.count()).toBe(1);
});
