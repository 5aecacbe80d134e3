import { randomBytes } from 'node:crypto';
import { createFilmReader, createLink, createPlaybackSession, reportSession } from '@giggityflix/player';
import { createNodePlatform } from '@giggityflix/player/node';
import { BLOCK_SIZE } from '@giggityflix/proto/data-channel';
import { samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Attacker, type AttackerOptions, attack } from './holding-attackers.ts';

/** What a viewer may wait for the beginning of a film that one honest peer has. */
const START_MS = 5_000;
const SILENT = 30;
const VIEWERS = 10;
const BEGINNING = 300_000;

let stack: TestStack;
let film: { catalogId: string; sizeBytes: number };
let attackers: Attacker[] = [];

beforeAll(async () => {
  stack = await startStack();
  await samplesShared(stack);
  const { data } = await stack.client.request('BrowseTitles', { first: 50 });
  const title = data.titles.edges.find(({ node }: { node: { name: string } }) =>
    node.name.startsWith('Counting'),
  );
  film = title.node.files[0];
});
afterEach(() => {
  for (const attacker of attackers) attacker.leave();
  attackers = [];
});
afterAll(async () => {
  await stack?.dispose();
});

async function announce(count: number, options: Omit<AttackerOptions, 'port' | 'catalogId'>): Promise<void> {
  const port = Number(stack.ports.EDGE_PORT);
  const come = () => attack({ port, catalogId: film.catalogId, ...options });
  attackers.push(...(await Promise.all(Array.from({ length: count }, come))));
}

/** The liars' answers: other bytes, a tree that is too small, and nothing. */
const LIES: NonNullable<AttackerOptions['proof']>[] = [
  () => ({
    sizeBytes: film.sizeBytes,
    block: randomBytes(BLOCK_SIZE),
    path: Array.from({ length: Math.ceil(Math.log2(Math.ceil(film.sizeBytes / BLOCK_SIZE))) }, () =>
      randomBytes(32),
    ),
  }),
  () => ({ sizeBytes: 64, block: randomBytes(64), path: [] }),
  () => ({}),
];

/** Watches the beginning of the film as a page does; resolves with the milliseconds until it was there. */
async function watch(): Promise<number> {
  const platform = createNodePlatform({ origin: stack.origin });
  const { graphql, timers } = platform;
  const started = performance.now();
  const created = await createPlaybackSession(graphql, { catalogId: film.catalogId, deviceId: 'viewer' });
  const session = { sessionId: created.session.id, position: () => 0, onEnded: () => {} };
  const report = reportSession({ graphql, timers, ...session });
  const form = () => ({ rendition: 'original', startSeconds: 0 }) as const;
  const link = createLink({ platform, catalogId: film.catalogId, created, form, onStatus: () => {} });
  try {
    const reader = createFilmReader(link);
    let received = 0;
    for await (const part of reader.read(0, BEGINNING)) received += part.byteLength;
    expect(received).toBe(BEGINNING);
    return performance.now() - started;
  } finally {
    link.close();
    await report.stop();
    platform.close();
  }
}

async function expectTenToStart(): Promise<void> {
  for (let viewer = 1; viewer <= VIEWERS; viewer += 1) expect(await watch()).toBeLessThan(START_MS);
}

describe('a film that one honest peer has', () => {
  it('starts in time among 30 silent identities and 3 liars, who are found out', async () => {
    await announce(SILENT, { protocolVersion: 2 });
    for (const proof of LIES) await announce(1, { protocolVersion: 2, proof });
    await expectTenToStart();
  });

  it('starts in time among 30 silent identities that cannot be asked', async () => {
    await announce(SILENT, { protocolVersion: 1 });
    await expectTenToStart();
  });

  it('is not available where all its holders failed', async () => {
    const failures = async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${stack.ports.EDGE_HTTP_PORT}/metrics`)).text();
      return Number(/edge_holding_checks_total\{outcome="failed"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0);
    };
    const before = await failures();
    const port = Number(stack.ports.EDGE_PORT);
    const catalogId = randomBytes(32).toString('hex');
    attackers.push(await attack({ port, protocolVersion: 2, catalogId, proof: () => ({}) }));
    await expect.poll(failures).toBeGreaterThan(before);
    const availability = async () => {
      const { data } = await stack.client.request('Availability', { catalogIds: [catalogId] });
      return data.catalogAvailability[0];
    };
    await expect.poll(availability).toMatchObject({ isAvailable: false, peerCount: 0 });
  });
});
