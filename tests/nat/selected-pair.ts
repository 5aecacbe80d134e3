import { setTimeout } from 'node:timers/promises';
import type wrtc from '@roamhq/wrtc';

type Connection = InstanceType<typeof wrtc.RTCPeerConnection>;

/** The kinds of the two candidates in use: `host`, `srflx`, `prflx` or `relay`. */
export interface CandidatePair {
  local?: string;
  remote?: string;
}

/** How often, and how many times, a relayed pair is looked at again. */
const LOOK_AGAIN_MS = 100;
const MAX_LOOKS = 30;

/** The pair in use. A relay may have come first, so a direct pair is given time to take over. */
export async function settledPair(connection: Connection): Promise<CandidatePair> {
  for (let looks = 1; ; looks += 1) {
    const pair = await selectedPair(connection);
    if (looks === MAX_LOOKS || !isRelayed(pair)) return pair;
    await setTimeout(LOOK_AGAIN_MS);
  }
}

export function isRelayed({ local, remote }: CandidatePair): boolean {
  return local === 'relay' || remote === 'relay';
}

async function selectedPair(connection: Connection): Promise<CandidatePair> {
  const stats = new Map<string, Record<string, string>>();
  (await connection.getStats()).forEach((entry: { id: string }) => {
    stats.set(entry.id, entry as never);
  });
  const transport = [...stats.values()].find(({ type }) => type === 'transport');
  const pair = stats.get(transport?.selectedCandidatePairId ?? '');
  return {
    local: stats.get(pair?.localCandidateId ?? '')?.candidateType,
    remote: stats.get(pair?.remoteCandidateId ?? '')?.candidateType,
  };
}
