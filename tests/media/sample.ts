/**
 * How many of the films are made: `MEDIA_SAMPLE` is a number or "all". `MEDIA_SEED` chooses which; a fault is found again with the
 * seed it was found with.
 */
export function sampleSize(usual: { count: number }): { count: number | null; seed: number } {
  const { MEDIA_SAMPLE = '', MEDIA_SEED = '' } = process.env;
  const seed = Number.parseInt(MEDIA_SEED, 10) || 1;
  if (MEDIA_SAMPLE === 'all') return { count: null, seed };
  return { count: Number.parseInt(MEDIA_SAMPLE, 10) || usual.count, seed };
}
