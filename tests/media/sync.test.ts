import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCombinations, nameOf, sampleCombinations } from './combinations.ts';
import { createGenerator } from './generator.ts';
import { createPeerParts } from './peer.ts';
import { sampleSize } from './sample.ts';
import { findFaults } from './sync.ts';

const ffmpeg = requireFfmpeg();
const { count, seed } = sampleSize({ count: 11 });
const sample = count === null ? allCombinations(seed) : sampleCombinations(count, seed);

describe.skipIf(ffmpeg.skip)('picture and sound of every rendition keep to the clock of the film', () => {
  const peer = createPeerParts({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath });
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'giggityflix-media-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it.each(sample.map((combination) => [nameOf(combination), combination] as const))(
    '%s',
    async (_name, combination) => {
      const { generate } = createGenerator({ ffmpegPath: ffmpeg.path, dir });
      const film = await generate(combination, join(dir, `film.${combination.container}`));
      const checking = { peer, ffmpegPath: ffmpeg.path, dir };
      expect(await findFaults(film, combination, checking)).toEqual([]);
    },
    120_000,
  );
});
