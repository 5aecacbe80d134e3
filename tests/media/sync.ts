import { join } from 'node:path';
import { type Combination, nameOf } from './combinations.ts';
import type { GeneratedFilm } from './generator.ts';
import { type Observation, observe } from './measure.ts';
import type { createPeerParts, RenditionPlace } from './peer.ts';

/** What picture and sound may differ from the player's clock, in seconds. */
export const TOLERANCE_SECONDS = 0.045;
/** How long before its last picture a rendition may end: a group of pictures that cannot be decoded, and its sound. */
const ENDING_SECONDS = 2.3;
const TIMEOUT_MS = 60_000;
/** Renditions that are looked at side by side. */
const LANES = 3;

export const PLACES: readonly RenditionPlace[] = [
  ...[0, 1, 5.3, 9.1].map((startSeconds) => ({ rendition: 'remux' as const, startSeconds })),
  ...[0, 7.3].map((startSeconds) => ({ rendition: 'transcode' as const, startSeconds })),
];

export interface Checking {
  peer: ReturnType<typeof createPeerParts>;
  ffmpegPath: string;
  /** Where renditions are written to. */
  dir: string;
}

/** What is wrong with the renditions of a film, in words; nothing where picture and sound keep to the clock in all of them. */
export async function findFaults(
  film: GeneratedFilm,
  combination: Combination,
  { peer, ffmpegPath, dir }: Checking,
): Promise<string[]> {
  const shared = await peer.share(film.path);
  const faults: string[] = [];
  const { durationSeconds } = shared.shared;
  if (durationSeconds === null || Math.abs(durationSeconds - film.durationSeconds) > 0.25)
    faults.push(`takes ${durationSeconds} s, not ${film.durationSeconds} s`);
  const hasSound = combination.audio !== null;
  const judge = async (place: RenditionPlace) => {
    const faults: string[] = [];
    const path = join(dir, `${place.rendition}-${place.startSeconds}.mp4`);
    const words = `${place.rendition} from ${place.startSeconds} s`;
    try {
      const opened = await peer.convert(shared, place, path, AbortSignal.timeout(TIMEOUT_MS));
      const seen = await observe(path, ffmpegPath, hasSound);
      const { startSeconds: start } = opened;
      const check = (what: string, found: readonly Observation[], shift: number) => {
        const offs = withoutRepeats(found).map(({ at, says }) => at + start - says - shift);
        const worst = offs.reduce((one, other) => (Math.abs(other) > Math.abs(one) ? other : one), 0);
        if (offs.length === 0) faults.push(`${words}: no ${what}`);
        if (Math.abs(worst) > TOLERANCE_SECONDS)
          faults.push(`${words}: ${what} off by ${worst.toFixed(3)} s`);
      };
      check('picture', seen.picture, film.pictureShift);
      if (hasSound) check('sound', seen.sound, film.soundShift);
      const begins = (what: string, range: [number, number] | null) => {
        const from = range ? range[0] + start : Number.NaN;
        if (!(from <= place.startSeconds + TOLERANCE_SECONDS))
          faults.push(`${words}: ${what} begins at ${from} s`);
      };
      begins('picture', seen.pictureRange);
      if (hasSound) begins('sound', seen.soundRange);
      const end = (seen.pictureRange?.[1] ?? 0) + start;
      if (end < film.durationSeconds - ENDING_SECONDS) faults.push(`${words}: ends at ${end.toFixed(1)} s`);
    } catch (error) {
      faults.push(`${words}: ${(error as Error).message}`);
    }
    return faults;
  };
  // Most of the time goes into starting programs one after the other.
  const found = await Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      const own: string[] = [];
      for (let index = lane; index < PLACES.length; index += LANES)
        own.push(...(await judge(PLACES[index]!)));
      return own;
    }),
  );
  await shared.remove();
  return [...faults, ...found.flat()].map((fault) => `${nameOf(combination)}: ${fault}`);
}

/** Without pictures that are shown again, and without the first where it is shown long before the second. */
function withoutRepeats(found: readonly Observation[]): Observation[] {
  return found.filter(({ says, at }, index) => {
    const next = found[index + 1];
    if (index > 0) return says !== found[index - 1]!.says;
    return !next || (next.says !== says && next.at - at < 0.3);
  });
}
