import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ROOT,
  readiness,
  requirePythonAiortc,
  samplesShared,
  startStack,
  type TestStack,
  writeNewFilm,
} from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';

const WAIT = { timeout: 15_000, interval: 50 };
const aiortc = requirePythonAiortc();

let stack: TestStack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack?.dispose();
});

interface FileCard {
  catalogId: string;
  availability: { isAvailable: boolean; peerCount: number };
}
interface TitleNode {
  name: string;
  files: FileCard[];
}

async function browse(): Promise<TitleNode[]> {
  const { data, errors } = await stack.client.request('BrowseTitles', { first: 50 });
  expect(errors).toBeUndefined();
  return data.titles.edges.map((edge: { node: TitleNode }) => edge.node);
}

function catalogIdOf(path: string): string {
  return execFileSync(join(ROOT, 'node_modules/.bin/giggityflix-peer'), ['id', path], { encoding: 'utf8' })
    .trim()
    .split(/\s/)[0]!;
}

describe('the whole loop', () => {
  it('lists what the sample peer shares, with what the files hold', async () => {
    await samplesShared(stack);
    const titles = await browse();
    expect(titles.map((title) => title.name).sort()).toEqual(['Counting Seconds', 'Moving Shapes']);
    expect(titles.find((title) => title.name === 'Counting Seconds')).toMatchObject({
      year: 2026,
      progress: null,
      files: [
        {
          container: 'mp4',
          videoCodec: expect.stringMatching(/avc|h264/),
          audioCodec: expect.stringMatching(/aac|mp4a/),
          width: 640,
          height: 360,
          durationSeconds: expect.closeTo(40, 0),
          sizeBytes: 483348,
          availability: { isAvailable: true, peerCount: 1 },
        },
      ],
    });
  });

  describe.skipIf(aiortc.skip)('a viewer in Python, made from the protocol alone', () => {
    const watch = (...args: string[]) =>
      new Promise<{ ok: boolean; output: string }>((resolve) => {
        const script = join(ROOT, 'peer/examples/watch.py');
        const options = { timeout: 25_000, env: { PATH: process.env.PATH } };
        execFile(aiortc.path, ['-B', script, stack.origin, ...args], options, (error, stdout, stderr) =>
          resolve({ ok: error === null, output: stdout + stderr }),
        );
      });
    const sample = 'Counting Seconds (2026).mp4';

    it('gets the whole film, and is let go of at once when it leaves', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'giggityflix-watch-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      await samplesShared(stack);
      const { ok, output } = await watch('Counting Seconds', '--output', join(folder, 'film.mp4'));
      expect({ ok, output }).toMatchObject({ ok: true });
      expect(output).toContain('483348 of 483348 bytes, proven');
      expect(readFileSync(join(folder, 'film.mp4')).equals(readFileSync(join(stack.mediaDir, sample)))).toBe(
        true,
      );
      const { data } = await stack.client.request('Concurrency');
      expect(data.concurrency.activeStreamCount).toBe(0);
      // Whoever goes without a word is missed later than this waits.
      await expect
        .poll(async () => (await fetch(`http://127.0.0.1:${stack.ports.PEER_HTTP_PORT}/metrics`)).text())
        .toMatch(/^giggityflix_peer_streams\S* 0$/m);
    });

    it('gets a part of a film that takes many grants', async () => {
      const path = join(stack.mediaDir, 'A Longer Film (2020).mp4');
      writeNewFilm(path, 3_500_000);
      const catalogId = catalogIdOf(path);
      await expect
        .poll(async () => {
          const { data } = await stack.client.request('Availability', { catalogIds: [catalogId] });
          return data?.catalogAvailability[0].isAvailable;
        }, WAIT)
        .toBe(true);
      const { ok, output } = await watch(catalogId, '--range', '300001:3800000');
      expect({ ok, output }).toMatchObject({ ok: true });
      const part = readFileSync(path).subarray(300_001, 3_800_000);
      expect(output).toContain(`sha256 ${createHash('sha256').update(part).digest('hex')}`);
    });

    it('gets nothing for a forged token', async () => {
      const { ok, output } = await watch('Counting Seconds', '--forge');
      expect(ok).toBe(false);
      expect(output).toContain('unauthorized: the playback token is refused: bad_signature');
      expect(output).toMatch(/^0 bytes came from the peer$/m);
    });
  });

  it('announces a film put into the folder to who waits for it, and takes it back when it is deleted', async () => {
    const outside = join(tmpdir(), `giggityflix-${process.pid}.mp4`);
    const shared = join(stack.mediaDir, 'A Film Out Of Nowhere (1999).mp4');
    writeNewFilm(outside);
    const catalogId = catalogIdOf(outside);
    const live = await stack.client.subscribe('CatalogAvailability', { catalogIds: [catalogId] });
    const { data: asked } = await stack.client.request('SubscribeToCatalog', { input: { catalogId } });
    expect(asked.subscribeToCatalog.subscription.catalogId).toBe(catalogId);
    const matched = await stack.client.subscribe('CatalogSubscriptionMatched');

    execFileSync('cp', [outside, shared]);
    await expect.poll(() => live.events.length, WAIT).toBe(1);
    expect(live.events[0]).toMatchObject({
      data: {
        catalogAvailabilityChanged: {
          catalogId,
          isAvailable: true,
          peerCount: 1,
          file: { title: { name: 'A Film Out Of Nowhere' } },
        },
      },
    });
    await expect.poll(() => matched.events.length, WAIT).toBe(1);
    expect(matched.events[0]).toMatchObject({
      data: { catalogSubscriptionMatched: { catalogId, file: { title: { name: 'A Film Out Of Nowhere' } } } },
    });

    rmSync(shared);
    await expect.poll(() => live.events.length, WAIT).toBe(2);
    expect(live.events[1]).toMatchObject({
      data: { catalogAvailabilityChanged: { catalogId, isAvailable: false, peerCount: 0 } },
    });
    live.close();
    matched.close();
    rmSync(outside);
  });

  it('says so when a peer dies, and carries on when it is back', async () => {
    await samplesShared(stack);
    const catalogIds = (await browse())
      .filter((t) => t.files[0]!.availability.isAvailable)
      .map((t) => t.files[0]!.catalogId);
    const before = (await browse()).length;
    const live = await stack.client.subscribe('CatalogAvailability', { catalogIds });
    process.kill(stack.pidOf('peer'), 'SIGKILL');
    await expect.poll(() => live.events.length, WAIT).toBeGreaterThanOrEqual(catalogIds.length * 2);
    const changes = live.events.map((event) => event.data.catalogAvailabilityChanged);
    for (const catalogId of catalogIds) {
      expect(
        changes.filter((change) => change.catalogId === catalogId).map((change) => change.isAvailable),
      ).toEqual([false, true]);
    }
    expect(await browse()).toHaveLength(before);
    live.close();
  });

  it('is right again after the edge dies', async () => {
    await samplesShared(stack);
    process.kill(stack.pidOf('edge'), 'SIGKILL');
    const film = join(stack.mediaDir, 'While The Edge Was Away.mp4');
    writeNewFilm(film);
    const catalogId = catalogIdOf(film);
    await expect
      .poll(
        async () =>
          (await stack.client.request('Availability', { catalogIds: [catalogId] })).data
            ?.catalogAvailability[0].isAvailable,
        WAIT,
      )
      .toBe(true);
    await samplesShared(stack);
    rmSync(film);
  });

  it('is right again after gateway and subgraphs die, subscriptions included', {
    timeout: 180_000,
  }, async () => {
    await samplesShared(stack);
    const film = join(stack.mediaDir, 'After The Gateway Came Back.mp4');
    const outside = join(tmpdir(), `giggityflix-gateway-${process.pid}.mp4`);
    writeNewFilm(outside);
    const catalogId = catalogIdOf(outside);
    const live = await stack.client.subscribe('CatalogAvailability', { catalogIds: [catalogId] });
    process.kill(stack.pidOf('hub'), 'SIGKILL');
    await expect.poll(() => readiness(stack.origin), WAIT).toBe('ready');
    await samplesShared(stack);
    const isAvailable = async () => {
      const { data } = await stack.client.request('Availability', { catalogIds: [catalogId] });
      return data?.catalogAvailability[0].isAvailable;
    };
    const heard = async (within: number) => {
      const isHeard = () => live.events.some(({ data }) => data?.catalogAvailabilityChanged.isAvailable);
      await vi.waitFor(() => expect(isHeard()).toBe(true), { timeout: within }).catch(() => {});
      return isHeard();
    };
    // The client may not have subscribed again when the film comes for the first time.
    let isRight = false;
    for (let round = 0; round < 5 && !isRight; round += 1) {
      execFileSync('cp', [outside, film]);
      await expect.poll(isAvailable, { timeout: 60_000 }).toBe(true);
      isRight = await heard(2_000);
      if (isRight) break;
      rmSync(film);
      await expect.poll(isAvailable, { timeout: 60_000 }).toBe(false);
    }
    expect(isRight).toBe(true);
    live.close();
    rmSync(film);
    rmSync(outside);
  });

  it('keeps catalog, stored subscriptions and unfinished sessions over a restart', async () => {
    await samplesShared(stack);
    const wanted = 'ab'.repeat(32);
    const { data: stored } = await stack.client.request('SubscribeToCatalog', {
      input: { catalogId: wanted },
    });
    // Those of the tests before it may be on their way out.
    const film = (await browse()).find((title) => title.name === 'Counting Seconds')!.files[0]!;
    const { data: created } = await stack.client.request('CreatePlaybackSession', {
      input: { profileId: 'main', catalogId: film.catalogId, deviceId: 'tv' },
    });
    expect(created.createPlaybackSession.__typename).toBe('PlaybackSessionCreated');
    const sessionId = created.createPlaybackSession.session.id;

    expect(await stack.interrupt()).toBe(0);
    await stack.restart();

    const { data } = await stack.client.request('{ catalogSubscriptions { edges { node { id } } } }');
    expect(data.catalogSubscriptions.edges.map((edge: { node: { id: string } }) => edge.node.id)).toContain(
      stored.subscribeToCatalog.subscription.id,
    );
    const { data: beat } = await stack.client.request('PlaybackHeartbeat', {
      sessionId,
      positionSeconds: 12,
    });
    expect(beat.playbackHeartbeat.session).toMatchObject({ id: sessionId, status: 'ACTIVE' });
    expect((await browse()).map((title) => title.name)).toContain('Counting Seconds');
    await samplesShared(stack);
  });
});
