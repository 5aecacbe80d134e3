import { availableParallelism } from 'node:os';
import { TRANSCODE_HEIGHTS } from '@giggityflix/proto/data-channel';

/** Copying moves bytes. */
export const REMUX_COST = 1;
/** What encoding a picture costs, by its lines: about as it grows. A core encodes 1080 lines as fast as they are watched. */
const ENCODING: Readonly<Record<(typeof TRANSCODE_HEIGHTS)[number], number>> = {
  1080: 8,
  720: 4,
  480: 2,
  360: 1,
};
/** Decoding a picture of more than 1080 lines costs half as much as encoding one of 1080. */
const DECODING_LARGE = 4;

/** What so many conversions of 1080 lines cost at once; half the cores where no number is given. */
export function capacityOf(conversions = Math.max(1, Math.floor(availableParallelism() / 2))): number {
  return conversions * ENCODING[1080];
}

/** @param height lines of the film's picture; null where they are unknown */
export function transcodeCost(maxHeight: number, height: number | null): number {
  const lines = Math.min(maxHeight, height ?? maxHeight);
  const step = TRANSCODE_HEIGHTS.findLast((one) => one >= lines) ?? TRANSCODE_HEIGHTS[0];
  return ENCODING[step] + ((height ?? 0) > TRANSCODE_HEIGHTS[0] ? DECODING_LARGE : 0);
}
