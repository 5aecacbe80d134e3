import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  derivePeerId,
  MediaDescription,
  parseCatalogId,
  Quotas,
  rawPublicKey,
  signRegistration,
  TrackKind,
  verifyRegistration,
} from '@giggityflix/proto';
import { catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { testLibrary } from '../../testing/library.ts';
import type { MediaInfo } from '../metadata/media-info.ts';
import { backoffMs } from './backoff.ts';
import { createPlatformClock } from './clock.ts';
import type { EdgeConnection } from './connection.ts';
import { loadIdentity } from './identity.ts';
import { toMediaDescription } from './messages.ts';
import { createOutbox, type OutboxEntry } from './outbox.ts';
import { createSender } from './sender.ts';

describe("a peer's identity", () => {
  const options = { peerId: null };

  it('is made once, kept for its owner alone, and proves itself', () => {
    const dataDir = join(temporaryDir(), 'data');
    const first = loadIdentity({ dataDir, ...options });
    const again = loadIdentity({ dataDir, ...options });
    expect(again.peerId).toBe(first.peerId);
    expect(first.peerId).toBe(derivePeerId(rawPublicKey(first.privateKey)));
    expect(statSync(join(dataDir, 'peer.key')).mode & 0o777).toBe(0o600);
    const claim = { nonce: Buffer.alloc(32, 1), edgeId: 'edge-1', peerId: first.peerId };
    expect(verifyRegistration(again.publicKey, signRegistration(first.privateKey, claim), claim)).toBe(true);
  });

  it('may have a name of its own', () => {
    const dataDir = temporaryDir();
    expect(loadIdentity({ dataDir, peerId: 'living-room' }).peerId).toBe('living-room');
  });

  it('is never replaced when its file is damaged', () => {
    const dataDir = temporaryDir();
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'peer.key'), 'not a key');
    expect(() => loadIdentity({ dataDir, ...options })).toThrow('is not an Ed25519 key');
    expect(readFileSync(join(dataDir, 'peer.key'), 'utf8')).toBe('not a key');
  });
});

it('waits longer after each failure, never longer than the interval, and settles into it', () => {
  const config = { initialMs: 250, maxMs: 10_000, quickAttempts: 5 };
  const waits = [1, 2, 3, 4, 5, 6, 100].map((attempt) => backoffMs(config, attempt, () => 0));
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 10_000, 10_000]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const wait = backoffMs(config, attempt, () => random);
        return wait > 0 && wait <= config.maxMs;
      },
    ),
  );
});

it('takes the time from the edge when its own clock is wrong', () => {
  const clock = createPlatformClock(() => 1_700_000_000_000);
  const connectionIdAt = (ms: number) => {
    const hex = ms.toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
  };
  clock.observe(connectionIdAt(1_700_003_600_000));
  expect(clock.offsetMs()).toBe(3_600_000);
  expect(clock.now()).toBe(1_700_003_600_000);
  clock.observe('not a connection id');
  expect(clock.offsetMs()).toBe(3_600_000);
  clock.observe(connectionIdAt(1_700_000_001_000));
  expect(clock.now()).toBe(1_700_000_000_000);
});

describe('the sender', () => {
  type Sent = { message: OutboxEntry['message']; sequence: number };
  const id = (n: number) => Buffer.alloc(32, n);
  const hex = (n: number) => catalogIdFromBytes(id(n))!;

  function setUp() {
    const library = testLibrary();
    const outbox = createOutbox(library.database);
    const shared = new Set<string>();
    const sender = createSender({
      outbox,
      sharedIds: () => [...shared].map((text) => Buffer.from(text, 'hex')),
    });
    let sent: Sent[] = [];
    const connect = (maxMessageBytes = 524_288, quotas?: Partial<Quotas>) => {
      sent = [];
      sender.detach();
      const registration = { maxMessageBytes, quotas: quotas && Quotas.fromPartial(quotas) };
      sender.attach({
        registration: registration as EdgeConnection['registration'],
        send: (message, sequence = 0) => {
          sent.push({ message, sequence });
          return true;
        },
        close() {},
      });
    };
    const describeContent = (n: number) =>
      outbox.put('description', hex(n), {
        $case: 'mediaDescription',
        value: MediaDescription.fromPartial({ catalogId: id(n), name: `${n}` }),
      });
    const share = (n: number) => {
      shared.add(hex(n));
      sender.change({ added: [hex(n)], removed: [] });
    };
    const withdraw = (n: number) => {
      shared.delete(hex(n));
      sender.change({ added: [], removed: [hex(n)] });
    };
    return { outbox, sender, connect, describeContent, share, withdraw, sent: () => sent, shared };
  }

  /** What the edge believes to be shared, by what it was sent. */
  const announced = (sent: Sent[]) => {
    const known = new Set<string>();
    for (const { message } of sent) {
      if (message.$case !== 'catalogUpdate') continue;
      const { full, catalogIds, removedCatalogIds } = message.value;
      if (full) known.clear();
      for (const added of catalogIds) known.add(added.toString('hex'));
      for (const removed of removedCatalogIds) known.delete(removed.toString('hex'));
    }
    return [...known].sort();
  };
  const kinds = (sent: Sent[]) => sent.map(({ message }) => message.$case);

  it('announces nothing before the folders have been looked at', () => {
    const { sender, connect, sent } = setUp();
    connect();
    expect(sent()).toEqual([]);
    sender.libraryReady();
    expect(kinds(sent())).toEqual(['catalogUpdate']);
  });

  it('splits a large announcement into parts that fit, the last one final', () => {
    const { sender, connect, sent, shared } = setUp();
    for (let n = 0; n < 250; n += 1) shared.add(hex(n));
    sender.libraryReady();
    connect(256 + 34 * 100);
    const updates = sent().flatMap(({ message }) =>
      message.$case === 'catalogUpdate' ? [message.value] : [],
    );
    expect(updates.map(({ catalogIds, final, full }) => [catalogIds.length, final, full])).toEqual([
      [100, false, true],
      [100, false, true],
      [50, true, true],
    ]);
    expect(new Set(updates.map(({ updateId }) => updateId)).size).toBe(1);
  });

  it('sends a description ahead of the announcement, and forgets it when it is acknowledged', async () => {
    const { sender, connect, sent, describeContent, share, outbox } = setUp();
    sender.libraryReady();
    connect();
    describeContent(1);
    share(1);
    await expect.poll(() => kinds(sent())).toEqual(['catalogUpdate', 'mediaDescription', 'catalogUpdate']);
    expect(outbox.size()).toBe(1);
    sender.acknowledge(sent()[1]!.sequence);
    expect(outbox.size()).toBe(0);
  });

  it('sends again on the next connection what was not acknowledged, with greater sequences', () => {
    const { sender, connect, sent, describeContent } = setUp();
    sender.libraryReady();
    describeContent(1);
    connect();
    expect(kinds(sent())).toEqual(['mediaDescription', 'catalogUpdate']);
    const last = sent().at(-1)!.sequence;
    connect();
    expect(kinds(sent())).toEqual(['mediaDescription', 'catalogUpdate']);
    expect(sent()[0]!.sequence).toBe(last + 1);
  });

  it('never has more on its way than its bound', () => {
    const { sender, connect, sent, describeContent } = setUp();
    for (let n = 0; n < 250; n += 1) describeContent(n);
    sender.libraryReady();
    connect();
    expect(sent()).toHaveLength(64);
    sender.acknowledge(sent()[9]!.sequence);
    expect(sent()).toHaveLength(74);
  });

  it('announces no more files than the edge takes, and another when one of them goes', async () => {
    const { sender, connect, sent, share, withdraw, shared } = setUp();
    for (let n = 0; n < 5; n += 1) shared.add(hex(n));
    sender.libraryReady();
    connect(524_288, { maxFiles: 3 });
    const known = () => announced(sent());
    expect(known()).toEqual([hex(0), hex(1), hex(2)]);
    expect(sender.withheld()).toEqual({ files: 2, most: 3 });
    share(5);
    expect(sender.withheld()).toEqual({ files: 3, most: 3 });
    withdraw(4);
    withdraw(1);
    await expect.poll(known).toEqual([hex(0), hex(2), hex(3)]);
    expect(sender.withheld()).toEqual({ files: 1, most: 3 });
    sender.detach();
  });

  it('keeps to the rate of descriptions that the edge names', async () => {
    const { sender, connect, sent, describeContent } = setUp();
    for (let n = 0; n < 40; n += 1) describeContent(n);
    sender.libraryReady();
    connect(524_288, { messagesPerSecond: 100, messagesBurst: 10 });
    expect(sent().length).toBeLessThan(12);
    await expect.poll(() => sent().length).toBe(41);
    sender.detach();
  });

  it('sends what somebody waits for ahead of a library that is taken in', async () => {
    const { sender, connect, sent, describeContent, share, withdraw, shared } = setUp();
    shared.add(hex(0));
    shared.add(hex(1));
    sender.libraryReady();
    connect(524_288, { messagesPerSecond: 1_000, messagesBurst: 10 });
    for (let n = 10; n < 210; n += 1) {
      describeContent(n);
      share(n);
    }
    const order: string[] = [];
    const read = () => {
      for (const { message } of sent().slice(order.length))
        order.push(
          message.$case === 'mediaDescription'
            ? message.value.catalogId.toString('hex')
            : `update of ${message.$case === 'catalogUpdate' ? message.value.removedCatalogIds.length : 0}`,
        );
      sender.acknowledge(sent().at(-1)!.sequence);
      return order;
    };
    await expect.poll(() => read().length).toBeGreaterThan(20);
    // A film's `.nfo` changed, another one was removed, and a third was added.
    const before = order.length;
    describeContent(1);
    sender.expect('description', hex(1));
    withdraw(0);
    describeContent(500);
    share(500);
    sender.pump();
    await expect.poll(() => read().length, { timeout: 10_000 }).toBeGreaterThan(200);
    const places = [hex(1), hex(500), 'update of 1'].map((wanted) => order.indexOf(wanted) - before);
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    // No later than the announcement after the next one, of which each has so many descriptions.
    expect(Math.max(...places)).toBeLessThan(2 * 26);
    sender.detach();
  });

  it('announces everything again after the time for which the edge refused it', async () => {
    const { sender, connect, sent, shared, share } = setUp();
    shared.add(hex(1));
    sender.libraryReady();
    connect();
    sender.refused(sent()[0]!.sequence, 30);
    sender.acknowledge(sent()[0]!.sequence);
    share(2);
    expect(sent()).toHaveLength(1);
    await expect.poll(() => sent()).toHaveLength(2);
    expect(sent()[1]!.message).toMatchObject({ value: { full: true, catalogIds: [id(1), id(2)] } });
    sender.detach();
  });

  it('sends a description again after the time for which the edge refused it', async () => {
    const { sender, connect, sent, describeContent, outbox } = setUp();
    sender.libraryReady();
    describeContent(1);
    connect();
    sender.refused(sent()[0]!.sequence, 30);
    sender.acknowledge(sent().at(-1)!.sequence);
    expect(outbox.size()).toBe(1);
    await expect.poll(() => kinds(sent())).toEqual(['mediaDescription', 'catalogUpdate', 'mediaDescription']);
    sender.acknowledge(sent().at(-1)!.sequence);
    expect(outbox.size()).toBe(0);
    sender.detach();
  });

  it('announces of any sequence of changes exactly their difference', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { maxLength: 30 }),
        async (steps) => {
          const { sender, connect, sent, share, withdraw, shared } = setUp();
          sender.libraryReady();
          connect();
          for (const [n, pause] of steps) {
            if (shared.has(hex(n))) withdraw(n);
            else share(n);
            if (pause) sender.pump();
          }
          sender.pump();
          const known = new Set<string>();
          for (const { message } of sent()) {
            if (message.$case !== 'catalogUpdate') continue;
            for (const added of message.value.catalogIds) {
              expect(known).not.toContain(added.toString('hex'));
              known.add(added.toString('hex'));
            }
            for (const removed of message.value.removedCatalogIds)
              expect(known.delete(removed.toString('hex'))).toBe(true);
          }
          expect(known).toEqual(shared);
          sender.detach();
        },
      ),
      { numRuns: 60 },
    );
  });
});

it('a description has chapters and tracks, within what the event it becomes may hold', () => {
  const media = {
    title: 'Film',
    year: null,
    season: null,
    episode: null,
    kind: 'CLIP',
    container: 'matroska',
    mimeType: 'video/x-matroska',
    videoCodec: 'avc',
    audioCodec: null,
    durationSeconds: 60,
    width: 640,
    height: 360,
    language: null,
    tracks: [
      {
        kind: 'AUDIO',
        codec: 'aac',
        language: 'deu',
        name: 'Lines\nof text',
        width: null,
        height: null,
        channels: 2,
      },
    ],
    chapters: Array.from({ length: 600 }, (_, i) => ({
      title: i === 0 ? 'x'.repeat(300) : null,
      startSeconds: i,
      endSeconds: null,
    })),
    subtitles: [],
  } satisfies MediaInfo;
  const content = {
    catalogId: parseCatalogId('ab'.repeat(32))!,
    sizeBytes: 1,
    hashes: {},
    pieceLayer: Buffer.alloc(32),
    media,
  };
  const { chapters, tracks, folder } = toMediaDescription(content, {
    dir: '/media/Films/Kids',
    name: 'film.mkv',
    root: '/media/Films',
  });
  expect(folder).toBe('Films/Kids');
  expect(chapters).toHaveLength(500);
  expect(chapters[0]).toEqual({ startSeconds: 0, endSeconds: 0, title: 'x'.repeat(200) });
  expect(tracks).toEqual([
    {
      kind: TrackKind.TRACK_KIND_AUDIO,
      codec: 'aac',
      language: 'deu',
      name: 'Lines of text',
      width: 0,
      height: 0,
      channels: 2,
    },
  ]);
});
