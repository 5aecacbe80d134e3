/** What decides how much a peer's word weighs beside those of others; times are milliseconds since 1970. */
export interface Speaker {
  peerId: string;
  /** The network it comes from; null where nobody named one. */
  network: string | null;
  /** When it first connected; 0 where that is not known. */
  firstSeenAt: number;
  /** When it last was seen to speak of the file, or to announce it. */
  lastAt: number;
}

/** Identities cost nothing: one that was first seen a short time ago counts a fraction of one that has stayed. */
export const NEW_IDENTITY_MS = 3_600_000;
const NEW_IDENTITY_WEIGHT = 0.1;

/** Whom a peer speaks for: all peers of one network are one voice, and one without a network is its own. */
export function voiceOf({ peerId, network }: Pick<Speaker, 'peerId' | 'network'>): string {
  return network ? `network ${network}` : `peer ${peerId}`;
}

/**
 * The peers that were first seen a short time before any of them last spoke. Time is what these events say and not the
 * clock, so that all who read them come to the same.
 */
export function newcomersAmong(speakers: readonly Speaker[]): ReadonlySet<string> {
  const now = Math.max(...speakers.map(({ lastAt }) => lastAt));
  const isNew = ({ firstSeenAt }: Speaker) => firstSeenAt > 0 && now - firstSeenAt < NEW_IDENTITY_MS;
  return new Set(speakers.filter(isNew).map(({ peerId }) => peerId));
}

/** How much the word of each weighs: together the peers of a network weigh as much as the one of them that weighs most. */
export function weigh(speakers: readonly Speaker[], newcomers: ReadonlySet<string>): number[] {
  const own = ({ peerId }: Speaker) => (newcomers.has(peerId) ? NEW_IDENTITY_WEIGHT : 1);
  const voices = new Map<string, { sum: number; most: number }>();
  for (const speaker of speakers) {
    const voice = voices.get(voiceOf(speaker)) ?? { sum: 0, most: 0 };
    const weight = own(speaker);
    voices.set(voiceOf(speaker), { sum: voice.sum + weight, most: Math.max(voice.most, weight) });
  }
  return speakers.map((speaker) => {
    const { sum, most } = voices.get(voiceOf(speaker)) as { sum: number; most: number };
    return (own(speaker) * most) / sum;
  });
}
