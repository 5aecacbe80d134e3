import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { shareFile, testLibrary } from '../../testing/library.ts';
import { sound, wav } from '../../testing/sound.ts';
import { createLibraryContentSource } from '../content/library-content-source.ts';
import type { Library } from '../library/library.ts';
import { createAutomaticMarkers } from './automatic.ts';
import { createFingerprints } from './fingerprints.ts';

const ffmpeg = requireFfmpeg();
const TUNE = sound(1, 20);
const START = 12;

describe.skipIf(ffmpeg.skip)('a peer that has nothing better to do', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'giggityflix-markers-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const share = (library: Library, episode: number, bytes: Buffer, show = 'Show') =>
    shareFile(library, join(root, `${show} S01E0${episode}.wav`), root, bytes, {
      ...{ title: show, kind: 'EPISODE', season: 1, episode, durationSeconds: 140, audioCodec: 'pcm-s16' },
    });
  const film = (seed: number, withTune = true) =>
    wav(sound(seed, START), withTune ? TUNE : sound(seed + 1_000, 20), sound(seed + 500, 108));
  const start = (
    library: Library,
    options: { ffmpegPath?: string; enabled?: boolean; isIdle?: () => boolean } = {},
  ) => {
    const said: CatalogId[] = [];
    const fingerprints = createFingerprints(library.database);
    const { ffmpegPath = ffmpeg.path, enabled = true, isIdle = () => true } = options;
    const markers = createAutomaticMarkers(
      { enabled, ffmpegPath, pumpMs: 0 },
      {
        database: library.database,
        fingerprints,
        content: createLibraryContentSource({ roots: [root] }, { library, onChanged: () => {} }),
        logger: createLogger({ service: 'test', level: 'silent' }),
        isIdle,
        onMarkers: (id) => said.push(id),
      },
    );
    onTestFinished(() => markers.stop());
    return { markers, fingerprints, said };
  };

  it('finds the intro of a season, once, and again when another episode comes', async () => {
    const library = testLibrary();
    const ids = [1, 2].map((episode) => share(library, episode, film(episode)));
    const alone = share(library, 1, film(9), 'Another');
    const { markers, fingerprints, said } = start(library);
    markers.pump();
    await expect.poll(() => said, { timeout: 20_000 }).toHaveLength(2);
    for (const id of ids) {
      const [intro] = fingerprints.markers(id);
      expect(intro).toMatchObject({ kind: 'INTRO' });
      expect(Math.abs(intro!.startSeconds - START)).toBeLessThan(1);
      expect(Math.abs(intro!.endSeconds - START - 20)).toBeLessThan(1);
    }
    expect(fingerprints.has(alone)).toBe(false);
    const third = share(library, 3, film(3));
    markers.pump();
    await expect.poll(() => fingerprints.markers(third), { timeout: 20_000 }).toHaveLength(1);
    expect(said.filter((id) => id === third)).toHaveLength(1);
  });

  it('keeps that an episode is broken or has nothing in common with others, and does not try again', async () => {
    const library = testLibrary();
    const ids = [
      share(library, 1, film(21, false)),
      share(library, 2, film(22, false)),
      share(library, 3, Buffer.from('RIFF????WAVEfmt junk')),
    ];
    const { markers, fingerprints, said } = start(library);
    markers.pump();
    await expect
      .poll(() => ids.map((id) => fingerprints.get(id)?.compared !== '' && fingerprints.has(id)), {
        timeout: 20_000,
      })
      .toEqual([true, true, true]);
    expect(fingerprints.get(ids[2]!)?.fingerprint).toBeNull();
    expect(ids.map((id) => fingerprints.markers(id))).toEqual([[], [], []]);
    expect(said).toEqual([]);
  });

  it('listens to nothing without FFmpeg, and keeps nothing that would stop it later', async () => {
    const library = testLibrary();
    const ids = [1, 2].map((episode) => share(library, episode, film(30 + episode)));
    const { markers, fingerprints } = start(library, { ffmpegPath: '/nonexistent/ffmpeg' });
    markers.pump();
    await markers.stop();
    expect(ids.map((id) => fingerprints.has(id))).toEqual([false, false]);
  });
});
