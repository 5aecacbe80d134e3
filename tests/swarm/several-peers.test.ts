import { createFilmReader, createLink } from '@giggityflix/player';
import { afterEach, describe, expect, it } from 'vitest';
import { createPeersOfOneFilm } from './fake-platform.ts';

const MEBIBYTE = 1_024 * 1_024;
/** On a busy machine. */
const WITHIN_MS = 120_000;

type Peers = Awaited<ReturnType<typeof createPeersOfOneFilm>>;

let peers: Peers;
let link: ReturnType<typeof createLink>;
afterEach(async () => {
  link?.close();
  await peers?.stop();
});

function open(maxSources = 6) {
  const { platform, file, created } = peers;
  link = createLink({
    platform,
    catalogId: file.catalogId,
    created: { ...created, maxSources },
    form: () => ({ rendition: 'original', startSeconds: 0 }),
    onStatus: () => {},
    neededRate: Number.POSITIVE_INFINITY,
  });
  return createFilmReader(link);
}

async function readAll(film: ReturnType<typeof open>, onPart?: (bytes: number) => Promise<void> | void) {
  const { sizeBytes } = await film.describe();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of film.read(0, sizeBytes)) {
    parts.push(part);
    bytes += part.byteLength;
    await onPart?.(bytes);
  }
  return Buffer.concat(parts);
}

/** Waits until so many further sources have a peer. */
async function furtherAre(count: number) {
  await expect.poll(() => link.sources.connections().length, { timeout: 60_000 }).toBe(count);
}

describe('a film that several peers have', () => {
  it(
    'comes from all of them over the real protocol',
    async () => {
      peers = await createPeersOfOneFilm(32 * MEBIBYTE + 1_000, [
        { kbps: 60_000 },
        { kbps: 60_000 },
        { kbps: 60_000 },
      ]);
      const read = await readAll(open(), (bytes) => (bytes > MEBIBYTE ? undefined : furtherAre(2)));
      expect(read.equals(peers.file.bytes)).toBe(true);
      const given = link.sources.figures().filter(({ verifiedBytes }) => verifiedBytes > MEBIBYTE);
      expect(given.length).toBe(3);
    },
    WITHIN_MS,
  );

  it(
    'comes whole while one peer ends, one falls silent and one flips bits, which is said of it',
    async () => {
      let isSilent = false;
      let lies = 0;
      peers = await createPeersOfOneFilm(40 * MEBIBYTE, [
        { kbps: 60_000 },
        { kbps: 60_000, tamper: (message) => (isSilent ? null : message) },
        {
          kbps: 60_000,
          tamper(message) {
            if (lies === 0 || typeof message === 'string') return message;
            const flipped = Uint8Array.from(message);
            flipped[flipped.byteLength - 1]! ^= 1;
            return flipped;
          },
        },
        { kbps: 60_000 },
      ]);
      let areAll = false;
      const read = await readAll(open(), async (bytes) => {
        if (!areAll) await furtherAre(3);
        areAll = true;
        if (bytes > 5 * MEBIBYTE) lies = 1;
        if (bytes > 7 * MEBIBYTE) isSilent = true;
        if (bytes > 9 * MEBIBYTE) await peers.end(0);
      });
      expect(read.equals(peers.file.bytes)).toBe(true);
      expect(peers.left.map(({ problem }) => problem)).toContain('NOT_PROVEN');
    },
    WITHIN_MS,
  );

  it(
    'is read at two places at once, of which one is given up',
    async () => {
      peers = await createPeersOfOneFilm(16 * MEBIBYTE, [{ kbps: 40_000 }, { kbps: 40_000 }]);
      const film = open();
      await film.describe();
      const given = film.read(0, 16 * MEBIBYTE);
      await given.next();
      const other = film.read(12 * MEBIBYTE + 5, 13 * MEBIBYTE);
      const [, parts] = await Promise.all([
        given.return(),
        (async () => {
          const came: Uint8Array[] = [];
          for await (const part of other) came.push(part);
          return came;
        })(),
      ]);
      const wanted = peers.file.bytes.subarray(12 * MEBIBYTE + 5, 13 * MEBIBYTE);
      expect(Buffer.concat(parts).equals(wanted)).toBe(true);
    },
    WITHIN_MS,
  );

  it(
    'comes from one peer where the server allows one source',
    async () => {
      peers = await createPeersOfOneFilm(4 * MEBIBYTE, [{}, {}]);
      const read = await readAll(open(1));
      expect(read.equals(peers.file.bytes)).toBe(true);
      expect(link.sources.figures().map(({ source }) => source)).toEqual([0]);
    },
    WITHIN_MS,
  );
});
