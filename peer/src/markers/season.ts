import type { Marker } from '@giggityflix/proto/media-file';
import { type CommonSound, longestCommonSound } from './common-sound.ts';
import type { Fingerprint } from './fingerprint.ts';

/** An episode of a season. */
export interface Episode {
  number: number;
  durationSeconds: number;
  fingerprint: Fingerprint;
}

const INTRO = { minSeconds: 12, maxSeconds: 150 };
const CREDITS = { minSeconds: 12, maxSeconds: 400 };
/** Episodes that one is compared with: neighbours have the same intro, when it changes within a season. */
const MAX_NEIGHBOURS = 6;
/** What is heard so shortly before the end is a part of the credits. */
const END_SECONDS = 15;

/** The intro and the credits of an episode: what its beginning and its end have in common with other episodes of its season. */
export function markersOf(episode: Episode, others: readonly Episode[]): Marker[] {
  const neighbours = others
    // The same episode in another version is alike from beginning to end.
    .filter(({ number }) => number !== episode.number)
    .sort((one, other) => distance(episode, one) - distance(episode, other))
    .slice(0, MAX_NEIGHBOURS);
  const { head, tail, tailStartSeconds } = episode.fingerprint;
  const intro = typical(
    neighbours.map(({ fingerprint }) => longestCommonSound(head, fingerprint.head, INTRO)),
  );
  const credits = typical(
    neighbours.map(({ fingerprint }) => longestCommonSound(tail, fingerprint.tail, CREDITS)),
  );
  const markers: Marker[] = [];
  if (intro) markers.push(marker('INTRO', intro.startSeconds, intro.endSeconds));
  if (credits) {
    const end = tailStartSeconds + credits.endSeconds;
    const isLast = end > episode.durationSeconds - END_SECONDS;
    markers.push(
      marker('CREDITS', tailStartSeconds + credits.startSeconds, isLast ? episode.durationSeconds : end),
    );
  }
  return markers.filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds);
}

function distance(one: Episode, other: Episode): number {
  return Math.abs(one.number - other.number);
}

/** Of what several comparisons found the one of middle length: a single neighbour may begin with the same scene as well. */
function typical(found: readonly (CommonSound | null)[]): CommonSound | null {
  const length = ({ startSeconds, endSeconds }: CommonSound) => endSeconds - startSeconds;
  const all = found.filter((each) => each !== null).sort((one, other) => length(one) - length(other));
  return all[Math.floor(all.length / 2)] ?? null;
}

function marker(kind: Marker['kind'], startSeconds: number, endSeconds: number): Marker {
  const round = (seconds: number) => Math.max(0, Math.round(seconds * 10) / 10);
  return { kind, startSeconds: round(startSeconds), endSeconds: round(endSeconds) };
}
