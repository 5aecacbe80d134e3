import type { BenchRow } from './row.ts';
import { benchEmbedded } from './tracker/embedded.ts';
import { benchRedis } from './tracker/redis.ts';

/** What the tracker's state costs beside the plainest thing that could hold the same. */
export default async function bench(): Promise<BenchRow[]> {
  return [...(await benchRedis()), ...(await benchEmbedded())];
}
