/** Files of at least this size are worth splitting over two threads when one is idle. */
export const SPLIT_BYTES = 16 * 1_048_576;

/** Files below this size are never kept waiting by larger ones: one more thread is there for them. */
export const EXPRESS_BYTES = 256 * 1_048_576;

/** Seconds per gigabyte on a machine with SHA instructions; only their proportions matter. */
const WEIGHTS: Readonly<Record<string, number>> = {
  md5: 1.25,
  sha1: 0.52,
  sha256: 0.54,
  sha384: 1.3,
  sha512: 1.3,
};
const UNKNOWN_WEIGHT = 1.5;
/** Reading, and the pieces root. */
const READER_WEIGHT = 0.8;

/** Divides algorithms between the thread that reads and computes the pieces root, and one that follows it. */
export function divide(algorithms: readonly string[]): { reader: string[]; follower: string[] } {
  const weight = (name: string) => WEIGHTS[name] ?? UNKNOWN_WEIGHT;
  const lanes = { reader: [] as string[], follower: [] as string[] };
  let reader = READER_WEIGHT;
  let follower = 0;
  for (const name of [...algorithms].sort((a, b) => weight(b) - weight(a))) {
    if (follower + weight(name) <= reader + weight(name)) {
      lanes.follower.push(name);
      follower += weight(name);
    } else {
      lanes.reader.push(name);
      reader += weight(name);
    }
  }
  return lanes;
}
