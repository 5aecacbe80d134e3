import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import { realPostgres } from '@giggityflix/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectionOf, fileId } from '../../testing/events.ts';
import { factsNamed } from '../../testing/facts.ts';
import { MAX_FILES_PER_TITLE, MAX_FILES_PER_TITLE_AND_NETWORK } from '../store/limits.ts';
import { createPrismaStore } from '../store/store.prisma.ts';
import type { CatalogStore } from '../store/store.ts';
import { STATEMENT_MEMORY_MS } from './limits.ts';
import { createPrismaStatements } from './statements.prisma.ts';
import type { Statements } from './statements.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const TABLES = [
  'MediaFile',
  'Title',
  'FileStatement',
  'HoldingClaim',
  'SharingPeer',
  'FileAvailability',
  'WaitingFile',
];
const FILES_PER_ATTACKER = 8;
const ATTACKERS = 26;
const FILM = 1;
const postgres = await realPostgres();

describe('room in a full title, on SQLite', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  makesRoom(() => `file:${join(folder, 'catalog.db')}`);
});
describe.skipIf(postgres.skip)('room in a full title, on PostgreSQL', () => makesRoom(() => postgres.url));

function makesRoom(url: () => string): void {
  let database: Database;
  let statements: Statements;
  let store: CatalogStore;
  let clock: number;
  beforeAll(async () => {
    database = await openDatabase({ url: url(), logger });
    statements = createPrismaStatements(database, { descriptionsPerPeer: 1_000, picturesPerPeer: 10 });
    store = createPrismaStore(database, undefined, statements.gone);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    for (const table of TABLES) await database.client.$executeRawUnsafe(`DELETE FROM "${table}"`);
    clock = Date.now() - 3_600_000;
  });

  const tick = () => (clock += 1_000);
  async function has(
    peerId: string,
    files: number[],
    options: { network?: string; isProven?: boolean; title?: string },
  ) {
    const { network = null, isProven = true, title = 'Film' } = options;
    const connection = { peerId, connectionId: connectionOf(peerId) };
    await statements.connected({ ...connection, network, at: tick() });
    const announcement = { catalogIds: files.map(fileId), removedCatalogIds: [] };
    const all = { isFull: false, updateId: '', isFinal: true };
    await statements.announced({ ...connection, ...announcement, ...all, at: tick() });
    await Promise.all(files.map((file) => setAvailable(file, true)));
    for (const file of files) {
      const catalogId = fileId(file);
      if (isProven) await statements.checked({ ...connection, catalogId, outcome: 'proven', at: tick() });
      await statements.described({ catalogId, peerId, facts: factsNamed(title), at: tick() });
    }
  }
  const setAvailable = (file: number, isAvailable: boolean) =>
    store.setAvailability({
      catalogId: fileId(file),
      isAvailable,
      peerCount: isAvailable ? 1 : 0,
      changedAt: tick(),
    });
  async function leaves(peerId: string, files: number[]) {
    await statements.closed({ peerId, connectionId: connectionOf(peerId), at: tick() });
    await Promise.all(files.map((file) => setAvailable(file, false)));
  }
  const attackersFiles = (n: number) =>
    Array.from({ length: FILES_PER_ATTACKER }, (_, file) => 1_000 + n * FILES_PER_ATTACKER + file);
  async function attack(options: { networkOf?: (n: number) => string; isProven?: boolean } = {}) {
    const { networkOf = () => 'elsewhere', isProven } = options;
    for (let n = 0; n < ATTACKERS; n += 1)
      await has(`eve-${n}`, attackersFiles(n), { network: networkOf(n), isProven });
  }
  async function shown(): Promise<string[]> {
    const rows = await database.client.mediaFile.findMany({ where: { title: { name: 'Film' } } });
    return rows.map(({ catalogId }) => catalogId);
  }

  it.each([
    ['one network', () => 'elsewhere'],
    ['many networks', (n: number) => `elsewhere ${n}`],
  ])(
    'a proven film stays while its peer is away, whatever many peers of %s prove',
    async (_whose, networkOf) => {
      await has('honest', [FILM], { network: 'home' });
      await leaves('honest', [FILM]);
      await attack({ networkOf });
      expect(await shown()).toHaveLength(MAX_FILES_PER_TITLE);
      expect(await shown()).toContain(fileId(FILM));
    },
    60_000,
  );

  it('another encode of a peer elsewhere finds room among those of one network, up to its share', async () => {
    await attack();
    await has('honest', [FILM], { network: 'home' });
    expect(await shown()).toHaveLength(MAX_FILES_PER_TITLE);
    expect(await shown()).toContain(fileId(FILM));
    const more = Array.from({ length: MAX_FILES_PER_TITLE_AND_NETWORK }, (_, n) => FILM + 1 + n);
    await has('honest', more, { network: 'home' });
    const places = new Set(await shown());
    expect(more.filter((file) => places.has(fileId(file)))).toHaveLength(MAX_FILES_PER_TITLE_AND_NETWORK - 1);
    // What gave up its place comes back when there is room.
    expect(await database.client.waitingFile.count()).toBe(
      ATTACKERS * FILES_PER_ATTACKER + 1 + more.length - MAX_FILES_PER_TITLE,
    );
  }, 60_000);

  it('a file that was refused takes a place when its title has room', async () => {
    await attack({ networkOf: (n) => `elsewhere ${n}` });
    await has('honest', [FILM], { network: 'home' });
    expect(await shown()).not.toContain(fileId(FILM));
    // Named otherwise, files leave the title.
    await has('eve-0', attackersFiles(0), { network: 'elsewhere 0', title: 'Another' });
    expect(await shown()).toContain(fileId(FILM));
  }, 60_000);

  it('a file that was refused takes the place of one that nobody has proven when that one is gone', async () => {
    await attack({ isProven: false, networkOf: (n) => `elsewhere ${n}` });
    await has('honest', [FILM], { network: 'home', isProven: false });
    expect(await shown()).not.toContain(fileId(FILM));
    await leaves('eve-1', attackersFiles(1));
    expect(await shown()).toContain(fileId(FILM));
  }, 60_000);

  it('proven files that nobody has had for thirty days give way', async () => {
    clock -= STATEMENT_MEMORY_MS + 3_600_000;
    await attack({ networkOf: (n) => `elsewhere ${n}` });
    for (let n = 0; n < ATTACKERS; n += 1) await leaves(`eve-${n}`, attackersFiles(n));
    await has('honest', [FILM], { network: 'home' });
    expect(await shown()).toContain(fileId(FILM));
  }, 60_000);
}
