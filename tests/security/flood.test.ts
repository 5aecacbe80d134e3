import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectStranger, randomIds } from './strangers.ts';

/** What an honest film may take to become available, and a query to be answered, during a flood. */
const AVAILABLE_MS = 2_000;
const QUERY_MS = 500;
/** Processor time that is spent on finding out how busy the machine is with other things. */
const CONTENTION_SAMPLE_MS = 300;
/** Films an honest peer shares meanwhile, and the pause before each. */
const HONEST_FILMS = 3;
const HONEST_PAUSE_MS = 700;
/** After which a film counts as never available. */
const GIVEN_UP_MS = 15_000;
/** What a file may grow by: pages that are free afterwards, and what honest films left. */
const GROWTH_BYTES = 40_000_000;
/** What a process may keep of the memory it needed during the floods, beside what it always takes for its work. */
const GROWTH_MEMORY_BYTES = 100_000_000;

let stack: TestStack;
let rowsBefore: Record<string, number>;
let sizesBefore: Map<string, number>;
let memoryBefore: Record<string, number>;
let attacker: ChildProcess | null = null;

const TEST_TIMEOUT_MS = 60_000;
/** When nothing is to be left of what a hundred thousand ids made. */
const LEFT_WITHIN_MS = 120_000;

beforeAll(async () => {
  stack = await startStack();
  await samplesShared(stack);
  rowsBefore = rows();
  sizesBefore = files();
  memoryBefore = memory();
});
afterEach(() => leave());
afterAll(async () => {
  await stack?.dispose();
});

async function leave(): Promise<void> {
  const left = attacker;
  attacker = null;
  if (!left || left.exitCode !== null) return;
  left.kill('SIGKILL');
  await once(left, 'exit');
}

/** Shares one film as a new peer; resolves with the milliseconds until everyone can see that it is available. */
async function shareFilm(name: string): Promise<number> {
  const peer = await connectStranger(Number(stack.ports.EDGE_PORT));
  const [id] = randomIds(1) as [Buffer];
  const catalogIds = [id.toString('hex')];
  const started = performance.now();
  peer.describe(id, name);
  peer.announce([id], { full: true });
  const query = `query($name: String!, $catalogIds: [ID!]!) {
    titles(first: 1, filter: { search: $name, available: true }) { totalCount }
    catalogAvailability(catalogIds: $catalogIds) { isAvailable }
  }`;
  for (;;) {
    const { data } = await stack.client.request(query, { name, catalogIds });
    if (data?.titles.totalCount === 1 && data.catalogAvailability[0].isAvailable) break;
    if (performance.now() - started > GIVEN_UP_MS) return Number.POSITIVE_INFINITY;
    await sleep(20);
  }
  const took = performance.now() - started;
  peer.leave();
  return took;
}

/** Asks again and again while `work` runs; resolves with how long the answers took, the longest last. */
async function answerTimes(work: Promise<unknown>): Promise<number[]> {
  let working = true;
  void work.then(() => {
    working = false;
  });
  const took: number[] = [];
  while (working) {
    const started = performance.now();
    const { data, errors } = await stack.client.request('{ titles(first: 1) { totalCount } }');
    expect(errors).toBeUndefined();
    expect(data.titles.totalCount).toBeGreaterThan(0);
    took.push(performance.now() - started);
    await sleep(20);
  }
  return took.sort((one, other) => one - other);
}

/** The files below the data folder, with their sizes. */
function files(folder = stack.dataDir): Map<string, number> {
  const found = new Map<string, number>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      if (existsSync(path)) found.set(path, statSync(path).size);
    }
  return found;
}

/** What the tracker and the catalog keep that a flood could add to. */
function rows(): Record<string, number> {
  const count = (file: string, queries: Record<string, string>) => {
    const database = new Database(join(stack.dataDir, file), { readonly: true });
    const counted = Object.entries(queries).map(([name, sql]) => [name, database.prepare(sql).pluck().get()]);
    database.close();
    return Object.fromEntries(counted);
  };
  return {
    ...count('state/tracker.db', {
      holdings: 'SELECT count(*) FROM holdings',
      counts: 'SELECT count(*) FROM counts',
      staged: 'SELECT count(*) FROM staged',
      outbox: 'SELECT count(*) FROM outbox',
    }),
    ...count('state/giggityflix.db', {
      unnamed: `SELECT count(*) FROM FileAvailability WHERE catalogId NOT IN
           (SELECT catalogId FROM MediaFile UNION SELECT catalogId FROM FileStatement)`,
    }),
  };
}

/** Resident bytes of the processes a flood reaches. */
function memory(): Record<string, number> {
  const resident = (name: 'hub' | 'edge') =>
    1_024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(stack.pidOf(name))], { encoding: 'utf8' }));
  return { hub: resident('hub'), edge: resident('edge') };
}

let films = 0;

/** How much longer work takes here than on a machine with nothing else to do; 1 for not at all. */
function contention(): number {
  const started = performance.now();
  const before = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  while (used() < CONTENTION_SAMPLE_MS);
  return Math.max(1, (performance.now() - started) / used());
}

/** Floods, shares films and asks meanwhile. */
async function withstands(kind: string): Promise<void> {
  const program = join(import.meta.dirname, 'flooder.ts');
  const flooder = fork(program, [stack.ports.EDGE_PORT, kind].map(String));
  attacker = flooder;
  await once(flooder, 'message');
  const busy = contention();
  flooder.send('go');
  const honest = (async () => {
    const took: number[] = [];
    for (let n = 0; n < HONEST_FILMS; n += 1) {
      await sleep(HONEST_PAUSE_MS);
      films += 1;
      took.push(await shareFilm(`Honest Film ${films}`));
    }
    return took;
  })();
  const answers = await answerTimes(honest);
  const took = await honest;
  await leave();
  expect(Math.max(...took)).toBeLessThan(AVAILABLE_MS * busy);
  expect(answers.at(-1)).toBeLessThan(QUERY_MS * busy);
}

describe('a flood', () => {
  it.each([
    'huge messages',
    'many connections',
    'small messages',
    'the same ids in turn',
    'descriptions',
    'many identities',
  ])('of %s keeps neither films nor answers waiting', withstands, TEST_TIMEOUT_MS);

  it(
    'leaves nothing behind',
    async () => {
      await expect.poll(rows, { timeout: LEFT_WITHIN_MS, interval: 500 }).toEqual(rowsBefore);
      for (const [path, size] of files())
        expect(size - (sizesBefore.get(path) ?? 0), path).toBeLessThan(GROWTH_BYTES);
      for (const [name, bytes] of Object.entries(memory()))
        expect(bytes - memoryBefore[name]!, name).toBeLessThan(GROWTH_MEMORY_BYTES);
    },
    LEFT_WITHIN_MS + TEST_TIMEOUT_MS,
  );
});
